using System.Runtime.CompilerServices;
using Cove.Rego.Patterns;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>One way in which a document does not satisfy a schema.</summary>
internal sealed record SchemaFailure(string Type, string Field, string Text);

/// <summary>JSON Schema as of drafts 4 to 7, with references inside the schema only.</summary>
internal sealed partial class JsonSchema(RegoObject root, PatternCache patterns)
{
    private const string Root = "(Root)";
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "null", "object", "string"];
    private readonly List<SchemaFailure> _failures = [];
    private int _references;

    /// <summary>What is wrong with a schema itself, or null.</summary>
    public static string? Problem(RegoValue schema, PatternCache patterns)
    {
        if (schema is not RegoObject obj) return "schema is invalid";
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (var type in Listed(obj["type"]))
        {
            if (type is not RegoString { Text: var name }) return "Invalid type. Expected: string/array of strings, given: type";
            if (!Types.Contains(name)) return $"has a primitive type that is NOT VALID -- given: /{name}/ Expected valid values are:[{string.Join(' ', Types)}]";
        }

        if (obj["pattern"] is RegoString pattern)
        {
            try
            {
                patterns.Regex(pattern.Text);
            }
            catch (RegexSyntaxException)
            {
                return "pattern must be a valid regex";
            }
        }

        foreach (var keyword in (ReadOnlySpan<string>)["properties", "patternProperties", "definitions"])
        {
            if (obj[keyword] is not { } inner) continue;
            if (inner is not RegoObject named) return $"Invalid type. Expected: object, given: {keyword}";
            foreach (var (_, value) in named.Entries())
                if (value is not RegoBoolean && Problem(value, patterns) is { } problem) return problem;
        }

        foreach (var keyword in (ReadOnlySpan<string>)["not", "items", "additionalProperties", "allOf", "anyOf", "oneOf"])
            foreach (var inner in Listed(obj[keyword]))
                if (inner is not RegoBoolean && Problem(inner, patterns) is { } problem) return problem;
        return null;
    }

    public List<SchemaFailure> Validate(RegoValue document)
    {
        Check(document, root, "");
        return _failures;
    }

    private static RegoValue[] Listed(RegoValue? value) => value switch
    {
        null => [],
        RegoArray list => list.Items,
        _ => [value],
    };

    private void Fail(string type, string field, string text) => _failures.Add(new SchemaFailure(type, field.Length == 0 ? Root : field, text));

    private bool Satisfies(RegoValue value, RegoValue schema, string field)
    {
        var before = _failures.Count;
        Check(value, schema, field);
        var satisfied = _failures.Count == before;
        _failures.RemoveRange(before, _failures.Count - before);
        return satisfied;
    }

    private void Check(RegoValue value, RegoValue schema, string field)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (schema == RegoValue.False) Fail("false", field, "False always fails validation");
        if (schema is not RegoObject rules) return;
        if (rules["$ref"] is RegoString reference)
        {
            if (++_references > 1000) throw RegoEvaluationException.Limit("a schema refers to itself without end");
            if (Resolve(reference.Text) is { } target) Check(value, target, field);
            return;
        }

        CheckAny(value, rules, field);
        switch (value)
        {
            case RegoNumber number:
                CheckNumber(number, rules, field);
                break;
            case RegoString text:
                CheckText(text.Text, rules, field);
                break;
            case RegoArray array:
                CheckArray(array, rules, field);
                break;
            case RegoObject obj:
                CheckObject(obj, rules, field);
                break;
        }
    }

    private RegoValue? Resolve(string reference)
    {
        if (!reference.StartsWith('#')) return null;
        RegoValue? at = root;
        foreach (var step in reference[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
            at = at is null ? null : Lookup(at, JsonBuiltins.Unescape(step));
        return at;
    }

    private static RegoValue? Lookup(RegoValue value, string step) => value switch
    {
        RegoObject obj => obj[step],
        RegoArray array when int.TryParse(step, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index) && index >= 0 && index < array.Count => array[index],
        _ => null,
    };

    private void CheckAny(RegoValue value, RegoObject rules, string field)
    {
        var name = field.Length == 0 ? Root : field;
        if (rules["type"] is { } type && !Listed(type).Any(t => IsOfType(value, ((RegoString)t).Text)))
            Fail("invalid_type", field, $"Invalid type. Expected: {string.Join('/', Listed(type).Select(static t => ((RegoString)t).Text))}, given: {TypeOf(value)}");
        if (rules["enum"] is RegoArray allowed && !allowed.Items.Contains(value))
            Fail("enum", field, $"{name} must be one of the following: {string.Join(", ", allowed.Items.Select(static v => v.ToJson()))}");
        if (rules["const"] is { } constant && constant != value) Fail("const", field, $"{name} does not match: {constant.ToJson()}");
        foreach (var part in Listed(rules["allOf"]))
        {
            if (Satisfies(value, part, field)) continue;
            Check(value, part, field);
            Fail("number_all_of", field, "Must validate all the schemas (allOf)");
        }

        if (rules["anyOf"] is RegoArray any && !Array.Exists(any.Items, s => Satisfies(value, s, field)))
            Fail("number_any_of", field, "Must validate at least one schema (anyOf)");
        if (rules["oneOf"] is RegoArray one && one.Items.Count(s => Satisfies(value, s, field)) != 1)
            Fail("number_one_of", field, "Must validate one and only one schema (oneOf)");
        if (rules["not"] is { } not && Satisfies(value, not, field)) Fail("number_not", field, "Must not validate the schema (not)");
    }

    private static bool IsOfType(RegoValue value, string type) => type == TypeOf(value) || (type == "number" && value is RegoNumber);

    private static string TypeOf(RegoValue value) => value is RegoNumber { IsInteger: true } ? "integer" : Operands.KindName(value);
}
