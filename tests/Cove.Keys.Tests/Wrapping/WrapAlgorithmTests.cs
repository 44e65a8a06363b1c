using System.Security.Cryptography;
using Cove.Formats.Jose;
using Cove.Keys.Wrapping;

namespace Cove.Keys.Tests.Wrapping;

public sealed class WrapAlgorithmTests
{
    [Fact]
    public void Wraps_every_recorded_secret_to_the_recorded_bytes()
    {
        using var rsa = SkrVectors.WrapKey();
        var wrapped = 0;
        foreach (var vector in SkrVectors.Cases)
        {
            var recorded = KeyHsmBlob.Parse(StrictJson.RequiredBytes(SkrVectors.Payload(vector).GetProperty("response").GetProperty("key").GetProperty("key"), "key_hsm", "test"));
            Assert.Equal(vector.GetProperty("enc").GetString(), recorded.Algorithm.Name);
            var ours = recorded.Algorithm.Wrap(rsa, Convert.FromHexString(vector.GetProperty("kekHex").GetString()!), SkrVectors.Plaintext(vector));
            // OAEP is randomised; what follows the modulus is not.
            Assert.Equal(recorded.Ciphertext[256..].ToArray(), ours[256..]);
            Assert.Equal(recorded.Ciphertext.Length, ours.Length);
            Assert.Equal(SkrVectors.Plaintext(vector), recorded.Algorithm.Unwrap(rsa, ours));
            wrapped++;
        }

        Assert.Equal(18, wrapped);
    }

    [Theory]
    [InlineData("CKM_RSA_AES_KEY_WRAP", 2048, 1)]
    [InlineData("RSA_AES_KEY_WRAP_256", 3072, 8)]
    [InlineData("RSA_AES_KEY_WRAP_384", 4096, 33)]
    public void Unwraps_what_it_wrapped_for_any_modulus_and_length(string name, int bits, int length)
    {
        using var rsa = RSA.Create(bits);
        var secret = RandomNumberGenerator.GetBytes(length);
        var algorithm = WrapAlgorithm.Find(name)!;
        Assert.Equal(secret, algorithm.Unwrap(rsa, algorithm.Wrap(rsa, secret)));
    }

    [Fact]
    public void Does_not_unwrap_with_one_bit_changed_another_algorithm_or_another_length()
    {
        using var rsa = SkrVectors.WrapKey();
        var algorithm = WrapAlgorithm.RsaAesKeyWrap256;
        var good = algorithm.Wrap(rsa, "a secret of the owner"u8);
        Assert.NotNull(algorithm.Unwrap(rsa, good));
        Assert.Null(WrapAlgorithm.RsaAesKeyWrap384.Unwrap(rsa, good));
        Assert.Null(algorithm.Unwrap(rsa, good.AsSpan(0, good.Length - 8)));
        Assert.Null(algorithm.Unwrap(rsa, good.AsSpan(0, good.Length - 1)));
        Assert.Null(algorithm.Unwrap(rsa, good.AsSpan(0, 256)));
        Assert.Null(algorithm.Unwrap(rsa, []));
        foreach (var at in (int[])[0, 100, 255, 256, 270, good.Length - 1])
        {
            byte[] changed = [.. good];
            changed[at] ^= 1;
            Assert.Null(algorithm.Unwrap(rsa, changed));
        }
    }

    [Fact]
    public void Knows_exactly_the_three_algorithms()
    {
        Assert.Equal(3, WrapAlgorithm.All.Count);
        Assert.Null(WrapAlgorithm.Find("RSA-OAEP"));
        Assert.Null(WrapAlgorithm.Find("ckm_rsa_aes_key_wrap"));
    }
}
