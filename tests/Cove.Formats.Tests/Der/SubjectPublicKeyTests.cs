using System.Security.Cryptography;
using Cove.Formats.Der;

namespace Cove.Formats.Tests.Der;

public sealed class SubjectPublicKeyTests
{
    private static readonly byte[] Data = [1, 2, 3];

    [Fact]
    public void A_key_on_a_named_curve_verifies()
    {
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signature = signer.SignData(Data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Assert.True(SignatureAlgorithms.Verify(SignatureAlgorithm.EcdsaSha256, signer.ExportSubjectPublicKeyInfo(), Data, signature));
    }

    [Fact]
    public void The_same_key_verifies_nothing_when_it_spells_its_curve_out()
    {
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var spelledOut = ECDsa.Create(signer.ExportExplicitParameters(includePrivateParameters: false));
        var signature = signer.SignData(Data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Assert.False(SignatureAlgorithms.Verify(SignatureAlgorithm.EcdsaSha256, spelledOut.ExportSubjectPublicKeyInfo(), Data, signature));
    }

    // Found by fuzzing: the platform throws PlatformNotSupportedException for a curve that it does not know.
    [Fact]
    public void The_same_key_verifies_nothing_when_it_names_a_curve_that_nobody_knows()
    {
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var spki = signer.ExportSubjectPublicKeyInfo();
        var name = spki.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]);
        spki[name + 7] = 0x70;
        var signature = signer.SignData(Data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Assert.False(SignatureAlgorithms.Verify(SignatureAlgorithm.EcdsaSha256, spki, Data, signature));
        Assert.Null(SubjectPublicKey.ImportEcdsa(spki));
        Assert.Null(SubjectPublicKey.ImportEcdsa([]));
    }

    [Theory]
    [InlineData(2048, true)]
    [InlineData(1024, false)]
    public void An_rsa_key_is_imported_when_its_size_is_accepted(int bits, bool accepted)
    {
        using var rsa = RSA.Create(bits);
        using var imported = SubjectPublicKey.ImportRsa(rsa.ExportSubjectPublicKeyInfo());
        Assert.Equal(accepted, imported is not null);
        Assert.Null(SubjectPublicKey.ImportRsa(rsa.ExportSubjectPublicKeyInfo().AsSpan(..^1)));
    }
}
