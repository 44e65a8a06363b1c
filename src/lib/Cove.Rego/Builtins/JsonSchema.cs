using System.Runtime.CompilerServices;
using Cove.Rego.Patterns;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>JSON Schema as of drafts 4 to 7.</summary>
/// <param name="root">The schema.</param>
/// <param name="patterns">Compiled regular expressions.</param>
/// <param name="charge">Is told of the work, in steps; ends it when that is too much.</param>
/// <param name="fetch">Gives the schema at an address, or throws a <see cref="FormatException"/>.</param>
/// <param name="address">Where the schema was found; null for one that was given.</param>
internal sealed partial class JsonSchema(RegoObject root, PatternCache patterns, Action<int> charge, Func<Uri, RegoObject> fetch, Uri? address = null)
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "null", "object", "string"];
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

    public List<SchemaFailure> Validate(RegoValue document) => Check(document, root, "").Failures;

    private static RegoValue[] Listed(RegoValue? value) => value switch
    {
        null => [],
        RegoArray list => list.Items,
        _ => [value],
    };

    /// <summary>What a value makes of a schema, in the field's order; the score says how close it came where one of several schemas is enough.</summary>
    private SchemaOutcome Check(RegoValue value, RegoValue schema, string field)
    {
        var outcome = new SchemaOutcome(field);
        Check(value, schema, outcome);
        return outcome;
    }

    private void Check(RegoValue value, RegoValue schema, SchemaOutcome outcome)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (schema == RegoValue.False) outcome.Fail("false", "False always fails validation");
        if (schema is not RegoObject rules) return;
        if (rules["$ref"] is RegoString reference)
        {
            if (++_references > 1000) throw RegoEvaluationException.Limit("a schema refers to itself without end");
            if (!reference.Text.StartsWith('#')) CheckElsewhere(value, reference.Text, outcome);
            else if (Resolve(reference.Text) is { } target) Check(value, target, outcome);
            return;
        }

        if (rules["type"] is { } type && !Listed(type).Any(t => IsOfType(value, ((RegoString)t).Text)))
        {
            outcome.Fail("invalid_type", $"Invalid type. Expected: {string.Join('/', Listed(type).Select(static t => ((RegoString)t).Text))}, given: {TypeOf(value)}");
            return;
        }

        CheckCombinations(value, rules, outcome);
        if (value is RegoNumber number) CheckNumber(number, rules, outcome);
        if (value is RegoArray array) CheckArray(array, rules, outcome);
        if (value is RegoObject obj) CheckObject(obj, rules, outcome);
        CheckCommon(value, rules, outcome);
        if (value is RegoString text) CheckText(text.Text, rules, outcome);
        if (value is RegoObject parent && rules["properties"] is RegoObject properties)
        {
            foreach (var (name, rule) in properties.Entries())
                if (parent.Find(name) is { } member) outcome.Merge(Check(member, rule, outcome.Below(((RegoString)name).Text)));
        }

        outcome.Score++;
    }

    /// <summary>By a reference to another schema, or to this one by its name.</summary>
    private void CheckElsewhere(RegoValue value, string reference, SchemaOutcome outcome)
    {
        var own = address ?? Name(root["$id"]) ?? Name(root["id"]);
        if (!Uri.TryCreate(own, reference, out var full) && !Uri.TryCreate(reference, UriKind.Absolute, out full))
            throw new FormatException($"the schema refers to {reference}, which is no address");
        var document = new Uri(full.GetLeftPart(UriPartial.Query));
        var fragment = full.Fragment.Length == 0 ? "#" : Uri.UnescapeDataString(full.Fragment);
        if (own is not null && document == own)
        {
            if (Resolve(fragment) is { } inside) Check(value, inside, outcome);
            return;
        }

        var other = new JsonSchema(fetch(document), patterns, charge, fetch, document) { _references = _references };
        if (other.Resolve(fragment) is { } target) other.Check(value, target, outcome);
        _references = other._references;
    }

    private static Uri? Name(RegoValue? id) => id is RegoString text && Uri.TryCreate(text.Value, UriKind.Absolute, out var name) ? name : null;

    private RegoValue? Resolve(string reference)
    {
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

    private void CheckCommon(RegoValue value, RegoObject rules, SchemaOutcome outcome)
    {
        if (rules["const"] is { } constant && constant != value) outcome.Fail("const", $"{outcome.Name} does not match: {constant.ToJson()}");
        charge(1);
        if (rules["enum"] is RegoArray allowed && !allowed.ContainsValue(value))
        {
            charge(allowed.Count);
            var shown = allowed.Count == 0 ? "(none)" : string.Join(", ", allowed.Items.Select(static v => v.ToJson()));
            outcome.Fail("enum", $"{outcome.Name} must be one of the following: {shown}");
        }

        if (rules["format"] is RegoString { Text: var format } && value is RegoString text && !SchemaFormats.IsOf(format, text.Value, patterns))
            outcome.Fail("format", $"Does not match format '{format}'");
        outcome.Score++;
    }

    private static bool IsOfType(RegoValue value, string type) => type == TypeOf(value) || (type == "number" && value is RegoNumber);

    private static string TypeOf(RegoValue value) => value is RegoNumber { IsInteger: true } ? "integer" : Operands.KindName(value);
}
