using System.Text;
using System.Text.Json;
using Cove.Sidecar.GoText;

namespace Cove.Sidecar.Tests.GoText;

public sealed class GoJsonTextTests
{
    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\"b\\c/", "a\\\"b\\\\c/")]
    [InlineData("<a>&'", "\\u003ca\\u003e\\u0026'")]
    [InlineData("\b\f\n\r\t\0\u001f\u007f", "\\b\\f\\n\\r\\t\\u0000\\u001f\u007f")]
    [InlineData("é€😀", "é€😀")]
    [InlineData("\u2028\u2029\u2027", "\\u2028\\u2029\u2027")]
    public void Escapes_what_go_escapes_and_nothing_else(string value, string expected)
    {
        var json = Encoding.UTF8.GetString(GoJsonText.Object(("v", value)));

        Assert.Equal($"{{\"v\":\"{expected}\"}}", json);
        using var parsed = JsonDocument.Parse(json);
        Assert.Equal(value, parsed.RootElement.GetProperty("v").GetString());
    }

    [Fact]
    public void Keeps_the_order_of_members() =>
        Assert.Equal("""{"b":"1","a":"2"}"""u8, GoJsonText.Object(("b", "1"), ("a", "2")));

    [Fact]
    public void A_secret_is_written_as_any_string() =>
        Assert.Equal(GoJsonText.Object(("key", "{\"k\":\"<\"}")), GoJsonText.Secret("key", "{\"k\":\"<\"}"u8));
}
