using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Formats.Der;

namespace Cove.Attestation.Tests.Uvm;

/// <summary>Who endorses guest images in the tests: a root, and a signer that it certified for one year.</summary>
internal sealed class TestEndorser : IDisposable
{
    public static readonly DateTimeOffset Signed = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    public TestEndorser(AsymmetricAlgorithm? key = null)
    {
        Key = key ?? ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var root = new CertificateRequest("CN=Tide Root", rootKey, HashAlgorithmName.SHA384);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        var generator = X509SignatureGenerator.CreateForECDsa(rootKey);
        using var made = root.Create(root.SubjectName, generator, Signed.AddYears(-1), Signed.AddYears(10), [1]);
        var leaf = Key is RSA rsa
            ? new CertificateRequest("CN=Tide Guests", rsa, HashAlgorithmName.SHA384, RSASignaturePadding.Pss)
            : new CertificateRequest("CN=Tide Guests", (ECDsa)Key, HashAlgorithmName.SHA384);
        leaf.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.4.1.99999.1")], critical: false));
        using var signer = leaf.Create(root.SubjectName, generator, Signed.AddMonths(-1), Signed.AddMonths(11), [2]);
        Chain = [Certificate.Parse(signer.RawDataMemory.Span), Certificate.Parse(made.RawDataMemory.Span)];
    }

    public AsymmetricAlgorithm Key { get; }

    public IReadOnlyList<Certificate> Chain { get; }

    public void Dispose()
    {
        rootKey.Dispose();
        Key.Dispose();
    }
}
