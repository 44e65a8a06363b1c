using Cove.Rego.Values;

namespace Cove.Rego.Tests.Builtins;

public sealed class JsonSchemaTests
{
    [Theory]
    [InlineData("""{"items": [{"type": "string"}], "additionalItems": false}""", "[\"a\"]", "[\"a\", 1]", "array_no_additional_items|(Root)|No additional items allowed on array")]
    [InlineData("""{"items": [{}], "additionalItems": {"type": "string"}}""", "[1, \"a\"]", "[1, 2]", "invalid_type|1|Invalid type. Expected: string, given: integer")]
    [InlineData("""{"contains": {"const": 3}}""", "[1, 3]", "[]", "contains|(Root)|At least one of the items must match")]
    [InlineData("""{"uniqueItems": true}""", "[1, 2]", "[1, 2, 1.0]", "unique|(Root)|array items[0,2] must be unique")]
    [InlineData("""{"propertyNames": {"maxLength": 2}}""", "{\"ab\": 1}", "{\"abc\": 1}", "invalid_property_name|(Root)|Property name of \"abc\" does not match;string_lte|(Root)|String length must be less than or equal to 2")]
    [InlineData("""{"dependencies": {"a": ["b"]}}""", "{\"a\": 1, \"b\": 2}", "{\"a\": 1}", "missing_dependency|(Root)|Has a dependency on b")]
    [InlineData("""{"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}""", "{\"a\": 1, \"b\": 2}", "{\"a\": 1}", "condition_then|(Root)|Must validate \"then\" as \"if\" was valid;required|(Root)|b is required")]
    [InlineData("""{"if": {"required": ["a"]}, "else": {"required": ["c"]}}""", "{\"c\": 1}", "{}", "condition_else|(Root)|Must validate \"else\" as \"if\" was not valid;required|(Root)|c is required")]
    [InlineData("""{"anyOf": [{"required": ["x", "y", "z"]}, {"required": ["a", "b"]}]}""", "{\"a\": 1, \"b\": 1}", "{\"a\": 1}", "number_any_of|(Root)|Must validate at least one schema (anyOf);required|(Root)|b is required")]
    [InlineData("""{"allOf": [{"minProperties": 1}, {"required": ["a"]}]}""", "{\"a\": 1}", "{\"b\": 1}", "required|(Root)|a is required;number_all_of|(Root)|Must validate all the schemas (allOf)")]
    [InlineData("""{"properties": {"t": {"format": "date-time"}}}""", "{\"t\": \"2024-01-02T03:04:05Z\"}", "{\"t\": \"2024-13-02T03:04:05Z\"}", "format|t|Does not match format 'date-time'")]
    [InlineData("""{"properties": {"t": {"format": "ipv4"}}}""", "{\"t\": \"192.0.2.1\"}", "{\"t\": \"192.0.2\"}", "format|t|Does not match format 'ipv4'")]
    [InlineData("""{"properties": {"t": {"format": "uuid"}}}""", "{\"t\": \"00000000-0000-0000-0000-00000000000a\"}", "{\"t\": \"00000000\"}", "format|t|Does not match format 'uuid'")]
    [InlineData("""{"properties": {"t": {"enum": []}}}""", "{}", "{\"t\": 1}", "enum|t|t must be one of the following: (none)")]
    [InlineData("""{"properties": {"a": {"$ref": "#/definitions/d"}}, "definitions": {"d": {"exclusiveMinimum": 3}}}""", "{\"a\": 4}", "{\"a\": 3}", "number_gt|a|Must be greater than 3")]
    public void Accepts_and_says_what_is_wrong(string schema, string good, string bad, string failures)
    {
        static string Match(string document, string schema) => BuiltinCall.Eval("json.match_schema(input.d, input.s)", ("d", RegoValue.FromJson(document)), ("s", RegoValue.FromJson(schema)));
        Assert.Equal("[true,[]]", Match(good, schema));
        var answer = (RegoArray)RegoValue.FromJson(Match(bad, schema));
        Assert.Equal(RegoValue.False, answer[0]);
        Assert.Equal(failures, string.Join(';', ((RegoArray)answer[1]).AsSpan().ToArray().Cast<RegoObject>().Select(static f =>
            $"{((RegoString)f["type"]!).Value}|{((RegoString)f["field"]!).Value}|{((RegoString)f["desc"]!).Value}")));
    }
}
