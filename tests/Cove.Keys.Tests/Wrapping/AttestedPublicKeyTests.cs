using System.Security.Cryptography;
using Cove.Formats.Jose;
using Cove.Keys.Wrapping;

namespace Cove.Keys.Tests.Wrapping;

public sealed class AttestedPublicKeyTests
{
    [Theory]
    [InlineData(2048)]
    [InlineData(3072)]
    [InlineData(4096)]
    public void Is_the_key_that_was_attested(int bits)
    {
        using var workload = RSA.Create(bits);
        using var jwk = RsaJwk.FromRsa(workload, includePrivate: false);
        using var attested = AttestedPublicKey.Open(jwk);
        Assert.Equal(bits, attested.KeySize);
        Assert.Equal(workload.ExportSubjectPublicKeyInfo(), attested.ExportSubjectPublicKeyInfo());
        foreach (var padding in (RSAEncryptionPadding[])[RSAEncryptionPadding.OaepSHA1, RSAEncryptionPadding.OaepSHA256, RSAEncryptionPadding.OaepSHA384])
            Assert.Equal("secret"u8.ToArray(), workload.Decrypt(attested.Encrypt("secret"u8, padding), padding));
    }

    [Fact]
    public void Encrypts_nothing_under_an_even_modulus()
    {
        using var workload = RSA.Create(2048);
        var parameters = workload.ExportParameters(false);
        parameters.Modulus![^1] &= 0xFE;
        using var jwk = RsaJwk.FromParameters(parameters);
        using var attested = AttestedPublicKey.Open(jwk);
        Assert.ThrowsAny<CryptographicException>(() => attested.Encrypt("secret"u8, RSAEncryptionPadding.OaepSHA256));
    }
}
