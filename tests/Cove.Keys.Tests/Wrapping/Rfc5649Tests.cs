using System.Security.Cryptography;
using Cove.Keys.Wrapping;

namespace Cove.Keys.Tests.Wrapping;

public sealed class Rfc5649Tests
{
    /// <summary>RFC 5649 section 6.</summary>
    [Theory]
    [InlineData("c37b7e6492584340bed12207808941155068f738", "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a")]
    [InlineData("466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f")]
    public void Wraps_as_the_RFC_does(string secret, string wrapped)
    {
        using var aes = Aes.Create();
        aes.SetKey(Convert.FromHexString("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8"));
        Assert.Equal(wrapped, Convert.ToHexStringLower(Rfc5649.Wrap(aes, Convert.FromHexString(secret))));
    }

    [Fact]
    public void Wraps_every_length_to_what_the_platform_wraps_and_unwraps()
    {
        for (var length = 1; length <= 200; length++)
        {
            using var ours = Aes.Create();
            using var theirs = Aes.Create();
            var key = RandomNumberGenerator.GetBytes(32);
            ours.SetKey(key);
            theirs.SetKey(key);
            var secret = RandomNumberGenerator.GetBytes(length);
            var wrapped = Rfc5649.Wrap(ours, secret);
            Assert.Equal(theirs.EncryptKeyWrapPadded(secret), wrapped);
            Assert.Equal(secret, theirs.DecryptKeyWrapPadded(wrapped));
        }
    }
}
