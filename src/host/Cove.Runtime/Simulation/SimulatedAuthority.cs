using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Attestation.Snp;
using Cove.Formats.Der;

namespace Cove.Runtime.Simulation;

/// <summary>
/// What AMD is for hardware: a root (ARK) and an intermediate (ASK) that certify endorsement keys. Certificates have AMD's form and
/// extensions, so that the same verifier reads them, and names no AMD certificate has, so that nobody takes them for AMD's. The
/// two private keys live as long as this object and are never stored: a chip that exists cannot be certified again.
/// </summary>
public sealed class SimulatedAuthority : IDisposable
{
    /// <summary>Common name of the root.</summary>
    public const string RootName = "ARK-SIM-Cove";

    private const string IssuerName = "SEV-SIM-Cove";
    private const string ProductName = "SIM-Cove";
    private const int KeyBits = 4096;
    private const int SerialSize = 16;
    private static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(25 * 365);
    private static readonly TimeSpan ChipLifetime = TimeSpan.FromDays(7 * 365);

    // A clock that is a little behind ours must not find the certificates not yet valid.
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private readonly RSA _rootKey = RSA.Create(KeyBits);
    private readonly RSA _issuerKey = RSA.Create(KeyBits);
    private readonly DateTimeOffset _now;

    /// <summary>Makes both keys and certificates; this takes seconds.</summary>
    public SimulatedAuthority(TimeProvider clock)
    {
        _now = clock.GetUtcNow();
        Root = Authority(RootName, _rootKey, X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, pathLength: null);
        Issuer = Authority(IssuerName, _issuerKey, X509KeyUsageFlags.KeyCertSign, pathLength: 0);
    }

    /// <summary>The root's certificate.</summary>
    public Certificate Root { get; }

    /// <summary>The intermediate's certificate.</summary>
    public Certificate Issuer { get; }

    /// <summary>Makes a chip: an id and a key certified for this TCB.</summary>
    public SimulatedChip MakeChip(TcbVersion tcb)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        try
        {
            var id = RandomNumberGenerator.GetBytes(64);
            var request = new CertificateRequest(Name("SEV-VCEK"), key, HashAlgorithmName.SHA384);
            foreach (var (oid, value) in Extensions(tcb, id)) request.CertificateExtensions.Add(new X509Extension(oid, value, critical: false));
            using var made = request.Create(Name(IssuerName), Signer(_issuerKey), _now - Backdated, _now + ChipLifetime, [0]);
            return new SimulatedChip(key, EndorsementKeyCertificate.Parse(Certificate.Parse(made.RawDataMemory.Span)), Issuer, Root);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Forgets the private keys.</summary>
    public void Dispose()
    {
        _rootKey.Dispose();
        _issuerKey.Dispose();
    }

    private Certificate Authority(string name, RSA key, X509KeyUsageFlags usage, int? pathLength)
    {
        var request = new CertificateRequest(Name(name), key, HashAlgorithmName.SHA384, RSASignaturePadding.Pss);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, pathLength is not null, pathLength ?? 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        var serial = RandomNumberGenerator.GetBytes(SerialSize);
        serial[0] &= 0x7F;
        using var made = request.Create(Name(RootName), Signer(_rootKey), _now - Backdated, _now + AuthorityLifetime, serial);
        return Certificate.Parse(made.RawDataMemory.Span);
    }

    private static X509SignatureGenerator Signer(RSA key) => X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pss);

    private static X500DistinguishedName Name(string commonName)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddOrganizationName("Cove simulated processors");
        name.AddOrganizationalUnitName("No hardware: protects nothing");
        name.AddCommonName(commonName);
        return name.Build();
    }

    private static IEnumerable<(string Oid, byte[] Value)> Extensions(TcbVersion tcb, byte[] id) =>
    [
        (SnpOids.StructVersion, Integer(0)),
        (SnpOids.ProductName, Text(ProductName)),
        (SnpOids.BootLoaderSpl, Integer(tcb.BootLoader)),
        (SnpOids.TeeSpl, Integer(tcb.Tee)),
        (SnpOids.SnpSpl, Integer(tcb.Snp)),
        (SnpOids.Spl4, Integer(0)),
        (SnpOids.Spl5, Integer(0)),
        (SnpOids.Spl6, Integer(0)),
        (SnpOids.Spl7, Integer(0)),
        (SnpOids.MicrocodeSpl, Integer(tcb.Microcode)),
        (SnpOids.HardwareId, id),
    ];

    private static byte[] Integer(byte value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteInteger(value);
        return writer.Encode();
    }

    private static byte[] Text(string value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        writer.WriteCharacterString(UniversalTagNumber.IA5String, value);
        return writer.Encode();
    }
}
