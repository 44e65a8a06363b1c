using Cove.Hosting.CommandLine;

namespace Cove.Services.Tests.Hosting;

public sealed class ServiceArgumentsTests
{
    [Fact]
    public void Reads_both_spellings_repeats_and_switches()
    {
        var arguments = Parse("--listen", "127.0.0.1:7441", "--authority=https://a=b", "--authority", "c", "--quiet");
        Assert.Equal("127.0.0.1:7441", arguments.RequiredEndpoint("--listen").ToString());
        Assert.Equal(["https://a=b", "c"], arguments.All("--authority"));
        Assert.True(arguments.Has("--quiet"));
        Assert.Null(arguments.Optional("--url"));
    }

    [Theory]
    [InlineData("--nothing", "1")]
    [InlineData("positional")]
    [InlineData("--listen")]
    [InlineData("--quiet=yes")]
    public void Refuses_what_it_does_not_know(params string[] args) => Assert.Throws<UsageException>(() => Parse(args));

    [Theory]
    [InlineData("localhost:7441")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:70000")]
    [InlineData("7441")]
    public void Refuses_an_address_that_is_none(string value) => Assert.Throws<UsageException>(() => Parse("--listen", value).RequiredEndpoint("--listen"));

    [Theory]
    [InlineData("http://localhost")]
    [InlineData("https://user@localhost")]
    [InlineData("https://localhost/?q=1")]
    [InlineData("localhost")]
    public void Refuses_a_url_that_is_not_plain_https(string value) => Assert.Throws<UsageException>(() => Parse("--url", value).RequiredHttpsUrl("--url"));

    [Fact]
    public void Refuses_a_missing_or_repeated_option()
    {
        Assert.Throws<UsageException>(() => Parse().Required("--url"));
        Assert.Throws<UsageException>(() => Parse("--url", "a", "--url", "b").Required("--url"));
        Assert.Throws<UsageException>(() => Parse("--url", "/no/such/file").RequiredFile("--url"));
    }

    private static ServiceArguments Parse(params string[] args) => ServiceArguments.Parse(args, ["--listen", "--authority", "--url"], ["--quiet"], "usage");
}
