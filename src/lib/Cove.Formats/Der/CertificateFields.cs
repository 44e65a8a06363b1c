using System.Formats.Asn1;

namespace Cove.Formats.Der;

/// <summary>The members of an X.509 v3 certificate (RFC 5280 4.1), as slices of its bytes.</summary>
internal sealed record CertificateFields(
    ReadOnlyMemory<byte> Signed,
    ReadOnlyMemory<byte> Signature,
    SignatureAlgorithm Algorithm,
    ReadOnlyMemory<byte> SerialNumber,
    DistinguishedName Issuer,
    DistinguishedName Subject,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    ReadOnlyMemory<byte> SubjectPublicKeyInfo,
    IReadOnlyList<CertificateExtension> Extensions,
    bool IsAuthority,
    int? PathLength,
    bool MaySignCertificates,
    bool MaySignData,
    bool MaySignRevocationLists)
{
    public const string Format = "X.509 certificate";
    private const int MaximumExtensions = 64;
    private const string BasicConstraintsOid = "2.5.29.19";
    private const string KeyUsageOid = "2.5.29.15";
    private static readonly Asn1Tag VersionTag = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 3, isConstructed: true);

    public static CertificateFields Read(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var certificate = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var signed = certificate.PeekEncodedValue();
        var body = certificate.ReadSequence();
        var algorithm = certificate.ReadEncodedValue();
        var signature = certificate.ReadBitString(out var unused);
        certificate.ThrowIfNotEmpty();
        if (unused != 0) throw new AsnContentException("signature is not a whole number of bytes");

        var version = body.ReadSequence(VersionTag);
        if (!version.TryReadInt32(out var number) || number != 2) throw new AsnContentException("version is not 3");
        var serial = body.ReadIntegerBytes();
        // RFC 5280 4.1.1.2: the algorithm inside what is signed is the same as the one outside; outside alone is not protected.
        if (!body.ReadEncodedValue().Span.SequenceEqual(algorithm.Span)) throw new AsnContentException("the two signature algorithms differ");
        var issuer = DistinguishedName.Read(body.ReadEncodedValue());
        var validity = body.ReadSequence();
        var (notBefore, notAfter) = (ReadTime(validity), ReadTime(validity));
        validity.ThrowIfNotEmpty();
        var subject = DistinguishedName.Read(body.ReadEncodedValue());
        var key = body.ReadEncodedValue();
        var extensions = body.HasData ? ReadExtensions(body) : [];
        body.ThrowIfNotEmpty();

        var (authority, path) = ReadBasicConstraints(extensions);
        var (maySignCertificates, maySignData, maySignLists) = ReadKeyUsage(extensions);
        return new CertificateFields(
            signed, signature, SignatureAlgorithms.Read(algorithm), serial, issuer, subject, notBefore, notAfter, key, extensions, authority, path,
            maySignCertificates, maySignData, maySignLists);
    }

    private static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag().TagValue == (int)UniversalTagNumber.UtcTime ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();

    private static List<CertificateExtension> ReadExtensions(AsnReader body)
    {
        List<CertificateExtension> read = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        var extensions = body.ReadSequence(ExtensionsTag).ReadSequence();
        while (extensions.HasData)
        {
            if (read.Count == MaximumExtensions) throw new AsnContentException($"more than {MaximumExtensions} extensions");
            var extension = extensions.ReadSequence();
            var oid = extension.ReadObjectIdentifier();
            if (!seen.Add(oid)) throw new AsnContentException($"extension {oid} occurs twice");
            var critical = extension.PeekTag().TagValue == (int)UniversalTagNumber.Boolean && extension.ReadBoolean();
            read.Add(new CertificateExtension(oid, critical, extension.ReadOctetString()));
            extension.ThrowIfNotEmpty();
        }

        return read;
    }

    private static (bool Authority, int? Path) ReadBasicConstraints(List<CertificateExtension> extensions)
    {
        if (extensions.Find(extension => extension.Oid == BasicConstraintsOid) is not { } found) return (false, null);
        var constraints = new AsnReader(found.Value, AsnEncodingRules.DER).ReadSequence();
        var authority = constraints.HasData && constraints.PeekTag().TagValue == (int)UniversalTagNumber.Boolean && constraints.ReadBoolean();
        int? path = null;
        if (constraints.HasData)
            path = constraints.TryReadInt32(out var length) && length >= 0 ? length : throw new AsnContentException("pathLenConstraint is out of range");
        constraints.ThrowIfNotEmpty();
        return (authority, path);
    }

    private static (bool Certificates, bool Data, bool Lists) ReadKeyUsage(List<CertificateExtension> extensions)
    {
        const int keyCertSign = 0x04;
        const int crlSign = 0x02;
        const int digitalSignatureOrKeyAgreement = 0x80 | 0x08;
        if (extensions.Find(extension => extension.Oid == KeyUsageOid) is not { } found) return (true, true, true);
        var bits = new AsnReader(found.Value, AsnEncodingRules.DER).ReadBitString(out _);
        return bits.Length > 0
            ? ((bits[0] & keyCertSign) != 0, (bits[0] & digitalSignatureOrKeyAgreement) != 0, (bits[0] & crlSign) != 0)
            : (false, false, false);
    }
}
