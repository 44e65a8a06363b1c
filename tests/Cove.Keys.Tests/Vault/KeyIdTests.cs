using Cove.Keys.Vault;
using Cove.Outcomes;

namespace Cove.Keys.Tests.Vault;

public sealed class KeyIdTests
{
    private const string Version = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void Reads_names_versions_and_urls()
    {
        Assert.Equal(new KeyId("k1"), KeyId.Parse("k1"));
        Assert.Equal(new KeyId("k1", Version), KeyId.ParseUrl($"https://h:7442/keys/k1/{Version}"));
        Assert.Equal($"https://h:7442/keys/k1/{Version}", new KeyId("k1", Version).UrlIn(new("https://h:7442/")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a/..")]
    [InlineData("a_b")]
    [InlineData("k1/0123")]
    [InlineData("k1/0123456789ABCDEF0123456789ABCDEF")]
    public void Refuses_what_is_no_id(string text) => Assert.Throws<MalformedException>(() => KeyId.Parse(text));

    [Theory]
    [InlineData("http://h/keys/k1")]
    [InlineData("https://h/secrets/k1")]
    [InlineData("https://h/keys/k1/v/x")]
    public void Refuses_what_is_no_key_url(string text) => Assert.Throws<MalformedException>(() => KeyId.ParseUrl(text));

    [Fact]
    public void An_id_without_version_covers_every_version_of_its_name()
    {
        Assert.True(new KeyId("k1").Covers(new("K1", Version)));
        Assert.False(new KeyId("k1").Covers(new("k2", Version)));
        Assert.False(new KeyId("k1", new string('0', 32)).Covers(new("k1", Version)));
    }
}
