using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Cove.Formats.Ciphers;

namespace Cove.Formats.Tests.Ciphers;

public sealed class AesRoundKeysTests
{
    // FIPS 197, appendix C.1 and C.3.
    [Theory]
    [InlineData("000102030405060708090a0b0c0d0e0f", "69c4e0d86a7b0430d8cdb78070b4c55a")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "8ea2b7ca516745bfeafc49904b496089")]
    public void Encrypts_the_standards_own_example(string key, string ciphertext)
    {
        Supported();
        using var keys = AesRoundKeys.ForEncryption(Convert.FromHexString(key));
        var block = new byte[16];
        AesRoundKeys.Encrypt(Vector128.Create(Convert.FromHexString("00112233445566778899aabbccddeeff")), keys.Keys).CopyTo(block);
        Assert.Equal(ciphertext, Convert.ToHexStringLower(block));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(24)]
    [InlineData(33)]
    public void Refuses_a_key_of_another_length(int length) => Assert.Throws<ArgumentException>(() => AesRoundKeys.ForEncryption(new byte[length]));

    [Fact]
    public void They_are_zero_after_they_are_disposed()
    {
        Supported();
        var keys = AesRoundKeys.ForEncryption(RandomNumberGenerator.GetBytes(32));
        var inverse = keys.ForDecryption();
        Assert.Equal((15, 15), (keys.Keys.Length, inverse.Keys.Length));
        keys.Dispose();
        inverse.Dispose();
        Assert.All(keys.Keys.ToArray().Concat(inverse.Keys.ToArray()), key => Assert.Equal(default, key));
    }

    private static void Supported() => Assert.SkipUnless(AesRoundKeys.IsSupported, "this processor has no AES instructions");
}
