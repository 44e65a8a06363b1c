using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Tests.Jose;

public sealed class Base64UrlTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("66", "Zg")]
    [InlineData("666f", "Zm8")]
    [InlineData("666f6f", "Zm9v")]
    [InlineData("fbff", "-_8")]
    public void Writes_and_reads_the_same_bytes(string hex, string text)
    {
        Assert.Equal(text, Base64Url.Encode(Convert.FromHexString(hex)));
        Assert.Equal(hex, Convert.ToHexStringLower(Base64Url.Decode(text, "test", "value")));
        Assert.Equal(hex, Convert.ToHexStringLower(Base64Url.Decode(System.Text.Encoding.ASCII.GetBytes(text), "test", "value")));
    }

    [Theory]
    [InlineData("Zg==")] // padding
    [InlineData("Zh")] // unused bits set: decodes to the same byte as Zg
    [InlineData("Zm9")] // unused bits set
    [InlineData("Zm9vZ")] // a length nothing encodes to
    [InlineData("+/8")] // the standard alphabet
    [InlineData("Z g")]
    [InlineData("Zg\n")]
    [InlineData("Zé")]
    public void Refuses_what_encoding_would_not_have_written(string text)
    {
        Assert.Throws<MalformedException>(() => Base64Url.Decode(text, "test", "value"));
        Assert.Throws<MalformedException>(() => Base64Url.Decode(System.Text.Encoding.Latin1.GetBytes(text), "test", "value"));
    }
}
