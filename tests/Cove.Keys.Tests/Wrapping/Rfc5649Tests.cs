using System.Security.Cryptography;
using Cove.Formats.Ciphers;
using Cove.Keys.Wrapping;

namespace Cove.Keys.Tests.Wrapping;

public sealed class Rfc5649Tests
{
    /// <summary>RFC 5649 section 6, whose key has 192 bits: what the other test compares with is right.</summary>
    [Theory]
    [InlineData("c37b7e6492584340bed12207808941155068f738", "138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a")]
    [InlineData("466f7250617369", "afbeb0f07dfbf5419200f2ccb50bb24f")]
    public void The_platform_wraps_as_the_RFC_does(string secret, string wrapped)
        => Assert.Equal(wrapped, Convert.ToHexStringLower(Rfc5649.WrapByPlatform(Convert.FromHexString("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8"), Convert.FromHexString(secret))));

    [Fact]
    public void The_instructions_wrap_every_length_to_what_the_platform_wraps_and_unwraps()
    {
        Assert.SkipUnless(AesRoundKeys.IsSupported, "this processor has no AES instructions");
        foreach (var length in Enumerable.Range(1, 200).Append(1217).Append(2374))
        {
            using var theirs = Aes.Create();
            var key = RandomNumberGenerator.GetBytes(32);
            theirs.SetKey(key);
            var secret = RandomNumberGenerator.GetBytes(length);
            var wrapped = Rfc5649.WrapByInstructions(key, secret);
            Assert.Equal(Rfc5649.WrapByPlatform(key, secret), wrapped);
            Assert.Equal(secret, theirs.DecryptKeyWrapPadded(wrapped));
        }
    }
}
