using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Attestation.Snp;
using Cove.Formats.Der;

namespace Cove.Attestation.Tests.Snp;

/// <summary>
/// A root, an issuer and a chip whose keys the tests hold, so that certificates, lists and reports with one thing wrong can be signed as if they
/// were right. It has the simulated processor's names: no default verifier trusts it.
/// </summary>
internal sealed class TestAuthority : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RSA rootKey = TestKeys.Rsa("root");
    private readonly RSA issuerKey = TestKeys.Rsa("issuer");
    private readonly ECDsa chipKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly byte[] chipId = RandomNumberGenerator.GetBytes(64);

    public TestAuthority()
    {
        Root = Authority("ARK-SIM-Cove", rootKey, X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, serial: [1]);
        Issuer = Authority("SEV-SIM-Cove", issuerKey, X509KeyUsageFlags.KeyCertSign, serial: [2]);
        ChipCertificate = Chip(new Dictionary<string, byte[]?>());
    }

    public Certificate Root { get; }

    public Certificate Issuer { get; }

    public Certificate ChipCertificate { get; }

    /// <summary>The bytes that the fields of every report begin with, by offset; a test may change them before signing.</summary>
    public SnpEvidence Evidence(Action<byte[]>? change = null) => new(Report(change), [ChipCertificate, Issuer, Root]);

    public EvidenceVerifier Verifier() => new(new TrustAnchors { Snp = SnpTrustAnchors.Amd.WithSimulatedRoot(Root) });

    /// <summary>A signed version 5 report of this chip.</summary>
    public byte[] Report(Action<byte[]>? change = null)
    {
        var report = new byte[SnpReport.Size];
        void Write32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(report.AsSpan(at), value);
        void Write64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(report.AsSpan(at), value);
        Write32(0x000, 5);
        Write64(0x008, 0x3_001F);
        Write32(0x034, 1);
        foreach (var tcb in (ReadOnlySpan<int>)[0x038, 0x180, 0x1E0, 0x1F0]) Write64(tcb, 0xDB18_0000_0000_0004);
        Write64(0x040, 0x25);
        report[0x188] = 0xFF;
        chipId.CopyTo(report, 0x1A0);
        (byte[] firmware, int[] at) = ([29, 55, 1], [0x1E8, 0x1EC]);
        foreach (var place in at) firmware.CopyTo(report, place);
        Write64(0x1F8, 0x3F);
        Write64(0x200, 0x3F);
        change?.Invoke(report);
        var signature = chipKey.SignData(report.AsSpan(0, SnpReport.SignedSize), HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        SevSignature.Write(signature, report.AsSpan(SnpReport.SignedSize));
        return report;
    }

    /// <summary>A certificate of this chip with other extensions in place of its own, or without one where the value is null.</summary>
    public Certificate Chip(IReadOnlyDictionary<string, byte[]?> changes, DateTimeOffset? from = null, DateTimeOffset? to = null, string subject = "SEV-VCEK")
    {
        Dictionary<string, byte[]?> extensions = new(StringComparer.Ordinal)
        {
            [SnpOids.StructVersion] = Integer(0), [SnpOids.ProductName] = Text("SIM-Cove"),
            [SnpOids.BootLoaderSpl] = Integer(4), [SnpOids.TeeSpl] = Integer(0), [SnpOids.SnpSpl] = Integer(0x18), [SnpOids.MicrocodeSpl] = Integer(0xDB),
            [SnpOids.HardwareId] = chipId,
        };
        foreach (var (oid, value) in changes) extensions[oid] = value;
        var request = new CertificateRequest(Name(subject), chipKey, HashAlgorithmName.SHA384);
        foreach (var (oid, value) in extensions)
        {
            if (value is not null) request.CertificateExtensions.Add(new X509Extension(oid, value, critical: false));
        }

        using var made = request.Create(Name("SEV-SIM-Cove"), Signer(issuerKey), from ?? Now.AddYears(-1), to ?? Now.AddYears(6), [0]);
        return Certificate.Parse(made.RawDataMemory.Span);
    }

    /// <summary>The root's revocation list.</summary>
    public CertificateRevocationList RevocationList(DateTimeOffset issued, DateTimeOffset next, params Certificate[] revoked) => RevocationList(rootKey, "ARK-SIM-Cove", issued, next, revoked);

    /// <summary>A list in the root's name by another key.</summary>
    public CertificateRevocationList ForgedRevocationList() => RevocationList(issuerKey, "ARK-SIM-Cove", Now.AddDays(-1), Now.AddDays(30));

    /// <summary>A list of a root that has this name.</summary>
    public CertificateRevocationList RevocationListOf(string root, DateTimeOffset issued, DateTimeOffset next) => RevocationList(rootKey, root, issued, next);

    public static byte[] Integer(int value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteInteger(value);
        return writer.Encode();
    }

    public static byte[] Text(string value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.IA5String, value);
        return writer.Encode();
    }

    public void Dispose()
    {
        rootKey.Dispose();
        issuerKey.Dispose();
        chipKey.Dispose();
    }

    private static CertificateRevocationList RevocationList(RSA key, string issuer, DateTimeOffset issued, DateTimeOffset next, params Certificate[] revoked)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var certificate in revoked) builder.AddEntry(certificate.SerialNumber.Span, issued);
        var authority = X509AuthorityKeyIdentifierExtension.CreateFromIssuerNameAndSerialNumber(Name(issuer), [1]);
        return CertificateRevocationList.Parse(builder.Build(Name(issuer), Signer(key), BigInteger.One, next, HashAlgorithmName.SHA384, authority, issued));
    }

    private Certificate Authority(string name, RSA key, X509KeyUsageFlags usage, byte[] serial)
    {
        var request = new CertificateRequest(Name(name), key, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        using var made = request.Create(Name("ARK-SIM-Cove"), Signer(rootKey), Now.AddYears(-2), Now.AddYears(20), serial);
        return Certificate.Parse(made.RawDataMemory.Span);
    }

    private static X509SignatureGenerator Signer(RSA key) => X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pss);

    private static X500DistinguishedName Name(string commonName) => new($"CN={commonName}");
}
