using Cove.Rego.Evaluation;
using Cove.Rego.Network;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class JsonSchemaBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("json.verify_schema", "(<str, obj>) -> array<bool, <null, str>>") { One = Verify },
        new("json.match_schema", "(<str, obj>, <str, obj>) -> array<bool, array[object<desc: str, error: str, field: str, type: str>]>") { Two = Match },
    ];

    private static RegoValue Verify(EvaluationContext context, RegoValue value)
    {
        var problem = Read(value, out var schema) ?? JsonSchema.Problem(schema, context.Program.Patterns);
        return RegoArray.Of(RegoValue.Of(problem is null), problem is null ? RegoValue.Null : RegoValue.Of("jsonschema: " + problem));
    }

    private static RegoValue? Match(EvaluationContext context, RegoValue value, RegoValue schemaValue)
    {
        if (Read(value, out var document) is { } wrong) return context.Fail(wrong);
        if ((Read(schemaValue, out var schema) ?? JsonSchema.Problem(schema, context.Program.Patterns)) is { } problem) return context.Fail(problem);
        List<SchemaFailure> failures;
        try
        {
            failures = new JsonSchema((RegoObject)schema, context.Program.Patterns, context.CountSteps, address => RemoteSchema.Fetch(context, address)).Validate(document);
        }
        catch (FormatException elsewhere)
        {
            return context.Fail(elsewhere.Message);
        }

        var list = failures.ConvertAll(static f => (RegoValue)RegoObject.Of(
            ("error", RegoValue.Of($"{f.Field}: {f.Text}")), ("type", RegoValue.Of(f.Type)), ("field", RegoValue.Of(f.Field)), ("desc", RegoValue.Of(f.Text))));
        return RegoArray.Of(RegoValue.Of(list.Count == 0), new RegoArray([.. list]));
    }

    /// <summary>A document given as text or as a value; the answer is what is wrong, or null.</summary>
    private static string? Read(RegoValue value, out RegoValue document)
    {
        document = value;
        if (value is RegoObject or RegoArray) return null;
        if (value is not RegoString text) return "wrong type, expected string or object";
        try
        {
            document = RegoValue.FromJson(ByteText.ToBytes(text.Text));
            return null;
        }
        catch (RegoJsonException)
        {
            return "invalid JSON string";
        }
    }
}
