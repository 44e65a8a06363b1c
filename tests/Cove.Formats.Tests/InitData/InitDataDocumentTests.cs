using System.Security.Cryptography;
using System.Text;
using Cove.Formats.InitData;
using Cove.Outcomes;

namespace Cove.Formats.Tests.InitData;

public sealed class InitDataDocumentTests
{
    private const string Whole = """"
        # how genpolicy writes it
        version = "0.1.0"
        algorithm = "sha256"

        [data]
        "policy.rego" = '''
        package policy
        x := "\d" # kept as it is
        '''
        "aa.toml" = """
        a \
            b\u00e9\n"""
        cdh = 'c:\d' # a comment

        """";

    [Fact]
    public void Texts_are_read_as_they_were_written()
    {
        var document = Parse(Whole);
        Assert.Equal("package policy\nx := \"\\d\" # kept as it is\n", document.Policy);
        Assert.Equal("a bé\n", document.Data["aa.toml"]);
        Assert.Equal("c:\\d", document.Data["cdh"]);
        Assert.Equal(SHA256.HashData(Encoding.UTF8.GetBytes(Whole)), document.HostData.ToArray());
    }

    [Fact]
    public void Every_byte_counts_and_longer_digests_give_their_first_32_bytes()
    {
        Assert.NotEqual(Parse(Whole).HostData.ToArray(), Parse(Whole + " ").HostData.ToArray());
        var longer = Whole.Replace("sha256", "sha384", StringComparison.Ordinal);
        Assert.Equal(SHA384.HashData(Encoding.UTF8.GetBytes(longer))[..32], Parse(longer).HostData.ToArray());
    }

    [Theory]
    [InlineData("'''a''''", "a'")]
    [InlineData("'''a'''''", "a''")]
    [InlineData("''''''", "")]
    [InlineData("\"\"", "")]
    [InlineData("\"\\\"\\\\\\t\\U0001F30A\"", "\"\\\t\U0001F30A")]
    public void Strings_of_every_form(string written, string read) => Assert.Equal(read, Parse(With(written)).Data["k"]);

    [Theory]
    [InlineData("'a")]
    [InlineData("'''a''")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"\\x41\"")]
    [InlineData("\"\\uD800\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("7")]
    [InlineData("'a' 'b'")]
    [InlineData("")]
    public void Broken_strings_are_malformed(string written) => Malformed(With(written));

    [Theory]
    [InlineData("version = \"0.1.0\"", "version = \"0.2.0\"")]
    [InlineData("version = \"0.1.0\"", "")]
    [InlineData("sha256", "md5")]
    [InlineData("[data]", "[other]")]
    [InlineData("[data]", "[data]\n[data]")]
    [InlineData("[data]", "other = \"x\"\n[data]")]
    [InlineData("cdh = ", "\"aa.toml\" = ")]
    [InlineData("cdh = ", "cdh.x = ")]
    public void Anything_that_is_not_known_is_malformed(string what, string instead) => Malformed(Whole.Replace(what, instead, StringComparison.Ordinal));

    [Fact]
    public void Without_a_policy_there_is_none() => Assert.Throws<MalformedException>(() => Parse(With("'x'")).Policy);

    [Fact]
    public void Bytes_that_are_no_text_are_malformed()
    {
        Assert.Throws<MalformedException>(() => InitDataDocument.Parse([]));
        Assert.Throws<MalformedException>(() => InitDataDocument.Parse([0xFF, 0xFE]));
    }

    private static string With(string value) => $"version = \"0.1.0\"\nalgorithm = \"sha256\"\n[data]\nk = {value}\n";

    private static InitDataDocument Parse(string toml) => InitDataDocument.Parse(Encoding.UTF8.GetBytes(toml));

    private static void Malformed(string toml) => Assert.Throws<MalformedException>(() => Parse(toml));
}
