using System.Text;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Formats.Tests.Jose;

public sealed class StrictJsonUnicodeTests
{
    [Theory]
    [InlineData("""{"a":"é 😀 \u00e9 \ud83d\ude00 \\ud800 \" \\\\"}""")]
    [InlineData("""{"a":"\\"}""")]
    [InlineData("""{}""")]
    public void Unicode_text_is_read(string json)
    {
        using var document = StrictJson.ParseObject(Encoding.UTF8.GetBytes(json), "test", 1000);
        foreach (var member in document.RootElement.EnumerateObject()) Assert.NotNull(member.Value.GetString());
    }

    [Theory]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"a":"\ud800x"}""")]
    [InlineData("""{"a":"\udc00"}""")]
    [InlineData("""{"a":"\ud83d\u0041"}""")]
    [InlineData("""{"a":"\\\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    public void Half_of_a_surrogate_pair_is_refused(string json) =>
        Assert.Throws<MalformedException>(() => StrictJson.ParseObject(Encoding.UTF8.GetBytes(json), "test", 1000));

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused() =>
        Assert.Throws<MalformedException>(() => StrictJson.ParseObject(new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}' }, "test", 1000));
}
