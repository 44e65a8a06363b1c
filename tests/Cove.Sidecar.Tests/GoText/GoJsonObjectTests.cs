using System.Text;
using Cove.Sidecar.GoText;

namespace Cove.Sidecar.Tests.GoText;

public sealed class GoJsonObjectTests
{
    private static readonly GoField A = new("field_a", "FieldA", Required: true);
    private static readonly GoField B = new("field_b", "FieldB", Required: false);

    [Theory]
    [InlineData("""{"field_a":"1"}""", "1", "")]
    [InlineData("""{"FIELD_A":"1","Field_B":"2"}""", "1", "2")]
    [InlineData("""{"field_a":"1","field_a":"2"}""", "2", "")]
    [InlineData("""{"field_a":"1","field_b":null,"other":{"field_a":[1,{}]}}""", "1", "")]
    [InlineData("""{"field_a":"1"} what follows is ignored""", "1", "")]
    [InlineData("  {\"field_a\":\"\\u00e9\"}", "é", "")]
    public void Reads_the_first_value_leniently(string body, string a, string b) => Assert.Equal([a, b], Read(body));

    [Theory]
    [InlineData("", "EOF")]
    [InlineData(" \r\n\t", "EOF")]
    [InlineData("{\"field_a\"", "unexpected EOF")]
    [InlineData("{\"field_a\":\"1\"", "unexpected EOF")]
    [InlineData("null", "Key: 'T.FieldA' Error:Field validation for 'FieldA' failed on the 'required' tag")]
    [InlineData("{\"field_a\":null}", "Key: 'T.FieldA' Error:Field validation for 'FieldA' failed on the 'required' tag")]
    [InlineData("5", "json: cannot unmarshal number into Go value of type httpginendpoints.T")]
    [InlineData("\"x\"", "json: cannot unmarshal string into Go value of type httpginendpoints.T")]
    [InlineData("true", "json: cannot unmarshal bool into Go value of type httpginendpoints.T")]
    [InlineData("{\"field_a\":{}}", "json: cannot unmarshal object into Go struct field T.field_a of type string")]
    [InlineData("{\"field_a\":[],\"field_b\":1}", "json: cannot unmarshal array into Go struct field T.field_a of type string")]
    [InlineData("{\"field_a\":false,}", "invalid character at input byte")]
    [InlineData("{\"field_a\":\"\\ud800\"}", "invalid UTF-8 in string")]
    [InlineData("nope", "invalid character at input byte")]
    public void Says_what_is_wrong(string body, string why) =>
        Assert.StartsWith(why, Assert.Throws<SkrFailureException>(() => Read(body)).Message, StringComparison.Ordinal);

    [Fact]
    public void Refuses_nesting_without_end() =>
        Assert.Throws<SkrFailureException>(() => Read("{\"x\":" + new string('[', 100_000)));

    [Fact]
    public void Refuses_bytes_that_are_no_text() =>
        Assert.Throws<SkrFailureException>(() => GoJsonObject.Read([.. "{\"field_a\":\""u8, 0xFF, .. "\"}"u8], "T", A));

    private static string[] Read(string body) => GoJsonObject.Read(Encoding.UTF8.GetBytes(body), "T", A, B);
}
