using System.Security.Cryptography;
using Cove.Formats.Jose;
using Cove.Outcomes;
using Cove.Sidecar.Tests.Fakes;
using Cove.Volumes.Luks;

namespace Cove.Sidecar.Tests.Encfs;

/// <summary>The derivation, over the RSA key of the recordings; the values are an independent implementation's.</summary>
public sealed class VolumePassphraseTests
{
    private const string Salt = "92a631483ca875aad7e2477da755d58cac3876b77d10bcdd7b33bfa11e7d8b8e";

    [Theory]
    [InlineData(Salt, "Model Encryption Key", "e9d2bd6ff211292700961d8cec1c545a8bb8d15b53f161a5e64222f8ea1860ec")]
    [InlineData(Salt, "", "bd43653bb51aef4c66822c04af9eaba771ff6a0b9492831045a845a60c6c2651")]
    [InlineData(Salt, "Encryption Key", "f4193ae4a255d0a529d8d64780e3492f96fc491548fefe90411f5fcba422edc9")]
    [InlineData("", "", "3b925a2bf8185b012dbef84a390be2084cf9f809cff48668921e7530d976ab13")]
    public void A_key_is_derived_of_an_RSA_key_with_salt_and_label(string salt, string label, string expected)
    {
        using var rsa = RSA.Create(RecordedKeys.RsaParameters());
        using var key = RsaJwk.FromRsa(rsa, includePrivate: true);
        Assert.Equal(expected, Convert.ToHexStringLower(Derived(key, salt, label)));
    }

    [Fact]
    public void A_symmetric_key_is_taken_as_it_is()
    {
        using var key = OctJwk.FromBytes(new byte[32]);
        Assert.Equal(new byte[32], Derived(key, "", ""));
    }

    [Fact]
    public void A_key_of_another_length_or_kind_and_a_salt_that_is_not_hexadecimal_are_refused()
    {
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Throws<MalformedException>(() => Derived(OctJwk.FromBytes(new byte[31]), "", ""));
        Assert.Throws<MalformedException>(() => Derived(EcJwk.FromEcdsa(ec, includePrivate: true), "", ""));
        Assert.Throws<MalformedException>(() => Derived(RsaJwk.FromRsa(rsa, includePrivate: true), "0", ""));
    }

    private static byte[] Derived(Jwk key, string salt, string label)
    {
        using var passphrase = VolumePassphrase.Of(key, salt, label);
        return passphrase.Bytes.ToArray();
    }
}
