using Cove.Sidecar.GoText;

namespace Cove.Sidecar.Tests.GoText;

public sealed class GoBase64Tests
{
    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("QQ==", 65)]
    [InlineData("QUI=", 65, 66)]
    [InlineData("QUJD", 65, 66, 67)]
    [InlineData("Q\nUJ\r\nD\n", 65, 66, 67)]
    [InlineData("QQ=\n=", 65)]
    [InlineData("+/+/", 0xFB, 0xFF, 0xBF)]
    public void Reads_standard_base64_and_skips_line_ends(string text, params int[] bytes) =>
        Assert.Equal(bytes.Select(b => (byte)b), GoBase64.Decode(text));

    [Theory]
    [InlineData("@@", 0)]
    [InlineData("-_-_", 0)]
    [InlineData("QUJD=", 4)]
    [InlineData("QU D", 2)]
    [InlineData("QUJDQ", 4)]
    [InlineData("QUJDQU", 4)]
    [InlineData("QQ=", 3)]
    [InlineData("QQ=x", 3)]
    [InlineData("Q===", 1)]
    [InlineData("QQ==QQ==", 4)]
    public void Names_the_byte_that_is_wrong(string text, int at) =>
        Assert.Equal($"illegal base64 data at input byte {at}", Assert.Throws<SkrFailureException>(() => GoBase64.Decode(text)).Message);

    [Fact]
    public void Reads_back_what_the_platform_writes()
    {
        for (var length = 0; length < 70; length++)
        {
            var bytes = System.Security.Cryptography.RandomNumberGenerator.GetBytes(length);
            Assert.Equal(bytes, GoBase64.Decode(Convert.ToBase64String(bytes, Base64FormattingOptions.InsertLineBreaks)));
        }
    }
}
