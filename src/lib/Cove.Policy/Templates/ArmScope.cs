using Cove.Outcomes;

namespace Cove.Policy.Templates;

/// <summary>The parameters and variables that an expression can name, each evaluated once and on demand.</summary>
internal sealed class ArmScope
{
    internal const string Format = "ARM template";

    private readonly Dictionary<string, ArmValue> parameters = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, ArmValue> variables = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> pending = new(StringComparer.OrdinalIgnoreCase);
    private readonly ArmObject? declared;
    private readonly ArmObject? given;
    private readonly ArmObject? variableTexts;
    private readonly ArmEvaluator evaluator;

    /// <summary>The scope of a template.</summary>
    /// <param name="template">The template's root.</param>
    /// <param name="given">The parameter values given with it: name to <c>{"value": …}</c>.</param>
    /// <param name="context">What the place of deployment is called.</param>
    /// <exception cref="MalformedException">A parameter is given that the template does not declare.</exception>
    internal ArmScope(ArmObject template, ArmObject? given, ArmContext context)
    {
        Context = context;
        declared = Optional(template, "parameters");
        variableTexts = Optional(template, "variables");
        this.given = given;
        evaluator = new ArmEvaluator(this);
        foreach (var (name, _) in given?.Members ?? [])
        {
            if (declared?[name] is null)
                throw new MalformedException("parameters file", $"parameters.{name}", "is not declared by the template");
        }
    }

    internal ArmContext Context { get; }

    /// <summary>The loops around the expression, innermost last.</summary>
    internal List<(string Name, int Index)> Loops { get; } = [];

    /// <summary>Evaluates every expression within a value.</summary>
    internal ArmValue Evaluate(ArmValue value, string path) => evaluator.Evaluate(value, path);

    /// <exception cref="ArmSyntaxException">No such parameter, or it depends on itself.</exception>
    internal ArmValue Parameter(string name, int offset)
    {
        if (parameters.TryGetValue(name, out var known)) return known;
        if (declared?[name] is not ArmObject declaration)
            throw new ArmSyntaxException(offset, $"the template declares no parameter '{name}'");
        if (!pending.Add($"parameters.{name}")) throw new ArmSyntaxException(offset, $"parameter '{name}' depends on itself");
        var value = Value(name, declaration);
        pending.Remove($"parameters.{name}");
        return parameters[name] = value;
    }

    /// <exception cref="ArmSyntaxException">No such variable, or it depends on itself.</exception>
    internal ArmValue Variable(string name, int offset)
    {
        if (variables.TryGetValue(name, out var known)) return known;
        if ((variableTexts?[name] ?? LoopedVariable(name)) is not { } text)
            throw new ArmSyntaxException(offset, $"the template declares no variable '{name}'");
        if (!pending.Add($"variables.{name}")) throw new ArmSyntaxException(offset, $"variable '{name}' depends on itself");
        var value = evaluator.Evaluate(text, $"variables.{name}");
        pending.Remove($"variables.{name}");
        return variables[name] = value;
    }

    private static ArmObject? Optional(ArmObject template, string name) => template[name] switch
    {
        null or ArmNull => null,
        ArmObject section => section,
        var other => throw new MalformedException(Format, name, $"is a {other.Kind}, expected an object"),
    };

    private ArmValue? LoopedVariable(string name)
    {
        if (variableTexts?["copy"] is not ArmArray loops) return null;
        return loops.Items.OfType<ArmObject>().FirstOrDefault(loop => loop["name"] is ArmText text && text.Value.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found
            ? evaluator.Repeat(found, $"variables.copy({name})")
            : null;
    }

    private ArmValue Value(string name, ArmObject declaration)
    {
        var path = $"parameters.{name}";
        // Azure insists on a type; templates that only tools read often have none, and then any value fits.
        var type = declaration["type"] switch
        {
            null => null,
            ArmText text => text.Value,
            _ => throw new MalformedException(Format, $"{path}.type", "is not a string"),
        };
        var secure = type?.StartsWith("secure", StringComparison.OrdinalIgnoreCase) ?? false;
        var value = Given(name) ?? (declaration["value"] ?? declaration["defaultValue"]) switch
        {
            null => new ArmUnknown($"parameter '{name}' has no value: give it in a parameters file or as a defaultValue", name),
            var written => evaluator.Evaluate(written, path),
        };
        if (value is not ArmUnknown) Check(path, type, declaration, value);
        return secure ? value.AsSecret() : value;
    }

    private ArmValue? Given(string name) => given?[name] switch
    {
        null => null,
        ArmObject holder when holder["value"] is { } value => value,
        ArmObject holder when holder["secureValue"] is { } value => value.AsSecret(),
        ArmObject holder when holder["reference"] is not null =>
            throw new MalformedException("parameters file", $"parameters.{name}", "refers to a key vault secret, which is not read here: give its value"),
        _ => throw new MalformedException("parameters file", $"parameters.{name}", "has no value"),
    };

    private static void Check(string path, string? type, ArmObject declaration, ArmValue value)
    {
        var fits = type?.ToUpperInvariant() switch
        {
            null => true,
            "STRING" or "SECURESTRING" => value is ArmText,
            "INT" => value is ArmNumber number && decimal.IsInteger(number.Value),
            "BOOL" => value is ArmBool,
            "OBJECT" or "SECUREOBJECT" => value is ArmObject,
            "ARRAY" => value is ArmArray,
            _ => throw new MalformedException(Format, path, $"has unknown type '{type}'"),
        };
        if (!fits) throw new MalformedException(Format, path, $"is a {value.Kind}, declared as {type}");
        if (declaration["allowedValues"] is ArmArray allowed && !allowed.Items.Any(item => ArmFunctions.AreEqual(item, value)))
            throw new MalformedException(Format, path, "is not one of its allowedValues");
        var (least, most, size) = value switch
        {
            ArmNumber number => ("minValue", "maxValue", number.Value),
            ArmText text => ("minLength", "maxLength", text.Value.Length),
            ArmArray array => ("minLength", "maxLength", array.Items.Count),
            _ => ("", "", 0m),
        };
        if (declaration[least] is ArmNumber min && size < min.Value) throw new MalformedException(Format, path, $"is below its {least} {min}");
        if (declaration[most] is ArmNumber max && size > max.Value) throw new MalformedException(Format, path, $"is above its {most} {max}");
    }
}
