using System.Formats.Asn1;
using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Formats.Der;

/// <summary>
/// An X.509 v3 certificate, parsed strictly and without the machine's stores: what was signed is kept as the exact bytes, so that
/// a chain can be verified link by link. Parsing trusts nothing; it says what the certificate claims.
/// </summary>
public sealed class Certificate
{
    /// <summary>Largest certificate that is read, in bytes.</summary>
    public const int MaximumSize = 64 * 1024;

    /// <summary>Smallest RSA key whose signatures are accepted, in bits.</summary>
    public const int MinimumRsaBits = 2048;

    /// <summary>Largest RSA key whose signatures are checked, in bits; larger ones only cost time.</summary>
    public const int MaximumRsaBits = 8192;

    private readonly byte[] _der;
    private readonly ReadOnlyMemory<byte> _signed;
    private readonly ReadOnlyMemory<byte> _signature;

    internal Certificate(byte[] der, CertificateFields fields)
    {
        _der = der;
        _signed = fields.Signed;
        _signature = fields.Signature;
        SignatureAlgorithm = fields.Algorithm;
        SerialNumber = fields.SerialNumber;
        Issuer = fields.Issuer;
        Subject = fields.Subject;
        NotBefore = fields.NotBefore;
        NotAfter = fields.NotAfter;
        SubjectPublicKeyInfo = fields.SubjectPublicKeyInfo;
        Extensions = fields.Extensions;
        IsAuthority = fields.IsAuthority;
        PathLength = fields.PathLength;
        MaySignCertificates = fields.MaySignCertificates;
        MaySignData = fields.MaySignData;
        MaySignRevocationLists = fields.MaySignRevocationLists;
    }

    /// <summary>The certificate's DER bytes.</summary>
    public ReadOnlyMemory<byte> Der => _der;

    /// <summary>How the issuer signed it.</summary>
    public SignatureAlgorithm SignatureAlgorithm { get; }

    /// <summary>Content bytes of the serial number, most significant first.</summary>
    public ReadOnlyMemory<byte> SerialNumber { get; }

    /// <summary>Who signed it, by its own account.</summary>
    public DistinguishedName Issuer { get; }

    /// <summary>Whose key it is about.</summary>
    public DistinguishedName Subject { get; }

    /// <summary>First instant of its validity.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>Last instant of its validity.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>The subject's public key, as DER SubjectPublicKeyInfo.</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>All extensions, in order. No OID occurs twice.</summary>
    public IReadOnlyList<CertificateExtension> Extensions { get; }

    /// <summary>basicConstraints: may this certificate's key sign other certificates at all?</summary>
    public bool IsAuthority { get; }

    /// <summary>basicConstraints: how many authorities may stand below it; null for no limit.</summary>
    public int? PathLength { get; }

    /// <summary>keyUsage allows keyCertSign, or there is no keyUsage.</summary>
    public bool MaySignCertificates { get; }

    /// <summary>keyUsage allows digitalSignature or keyAgreement, or there is no keyUsage.</summary>
    public bool MaySignData { get; }

    /// <summary>keyUsage allows cRLSign, or there is no keyUsage.</summary>
    public bool MaySignRevocationLists { get; }

    /// <summary>SHA-256 of <see cref="SubjectPublicKeyInfo"/>: what a pinned root is known by.</summary>
    public byte[] PublicKeyHash() => SHA256.HashData(SubjectPublicKeyInfo.Span);

    /// <summary>The value of the extension with this OID, or null.</summary>
    public ReadOnlyMemory<byte>? Extension(string oid) => Extensions.FirstOrDefault(extension => extension.Oid == oid)?.Value;

    /// <summary>
    /// Whether <paramref name="issuer"/>'s key made the signature. Says nothing about names, dates or whether the issuer may.
    /// </summary>
    public bool IsSignedBy(Certificate issuer) =>
        SignatureAlgorithms.Verify(SignatureAlgorithm, issuer.SubjectPublicKeyInfo.Span, _signed.Span, _signature.Span);

    /// <summary>Whether <paramref name="time"/> lies within the validity, both ends included.</summary>
    public bool IsValidAt(DateTimeOffset time) => time >= NotBefore && time <= NotAfter;

    /// <summary>Parses one DER certificate.</summary>
    /// <exception cref="MalformedException">It is not exactly one X.509 v3 certificate in DER, or uses an algorithm not known here.</exception>
    public static Certificate Parse(ReadOnlySpan<byte> der)
    {
        if (der.Length is 0 or > MaximumSize)
            throw new MalformedException(CertificateFields.Format, "certificate", $"has {der.Length} bytes, expected 1 to {MaximumSize}");
        var copy = der.ToArray();
        try
        {
            return new Certificate(copy, CertificateFields.Read(copy));
        }
        catch (Exception bad) when (bad is AsnContentException or CryptographicException or ArgumentException)
        {
            throw new MalformedException(CertificateFields.Format, "DER", $"cannot be read: {bad.Message}", inner: bad);
        }
    }
}
