using System.Formats.Asn1;

namespace Cove.Formats.Der;

/// <summary>The members of a version 2 CRL (RFC 5280 5.1), as slices of its bytes.</summary>
internal sealed record RevocationListFields(
    ReadOnlyMemory<byte> Der,
    ReadOnlyMemory<byte> Signed,
    ReadOnlyMemory<byte> Signature,
    SignatureAlgorithm Algorithm,
    DistinguishedName Issuer,
    DateTimeOffset ThisUpdate,
    DateTimeOffset NextUpdate,
    ReadOnlyMemory<byte> Number,
    HashSet<string> Revoked)
{
    private const string NumberOid = "2.5.29.20";
    private const int MaximumExtensions = 16;
    private static readonly Asn1Tag ExtensionsTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    public static RevocationListFields Read(ReadOnlyMemory<byte> der)
    {
        var outer = new AsnReader(der, AsnEncodingRules.DER);
        var list = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        var signed = list.PeekEncodedValue();
        var body = list.ReadSequence();
        var algorithm = list.ReadEncodedValue();
        var signature = list.ReadBitString(out var unused);
        list.ThrowIfNotEmpty();
        if (unused != 0) throw new AsnContentException("signature is not a whole number of bytes");

        if (!body.TryReadInt32(out var version) || version != 1) throw new AsnContentException("version is not 2");
        // RFC 5280 5.1.1.2: the algorithm inside what is signed is the same as the one outside; outside alone is not protected.
        if (!body.ReadEncodedValue().Span.SequenceEqual(algorithm.Span)) throw new AsnContentException("the two signature algorithms differ");
        var issuer = DistinguishedName.Read(body.ReadEncodedValue());
        var thisUpdate = ReadTime(body);
        var nextUpdate = ReadTime(body);
        var revoked = body.HasData && body.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence) ? ReadRevoked(body.ReadSequence()) : new HashSet<string>(StringComparer.Ordinal);
        var number = ReadExtensions(body.ReadSequence(ExtensionsTag).ReadSequence());
        body.ThrowIfNotEmpty();
        return new RevocationListFields(der, signed, signature, SignatureAlgorithms.Read(algorithm), issuer, thisUpdate, nextUpdate, number, revoked);
    }

    private static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag().TagValue == (int)UniversalTagNumber.UtcTime ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();

    // The size of the whole list bounds how many there can be.
    private static HashSet<string> ReadRevoked(AsnReader entries)
    {
        HashSet<string> revoked = new(StringComparer.Ordinal);
        while (entries.HasData)
        {
            var entry = entries.ReadSequence();
            if (!revoked.Add(Convert.ToHexStringLower(entry.ReadIntegerBytes().Span)))
                throw new AsnContentException("a serial number is listed twice");
            ReadTime(entry);
            if (entry.HasData) ReadEntryExtensions(entry.ReadSequence());
            entry.ThrowIfNotEmpty();
        }

        return revoked;
    }

    // A reason code is of no interest; a critical extension (certificateIssuer) would make the entry speak of another issuer's certificate.
    private static void ReadEntryExtensions(AsnReader extensions)
    {
        while (extensions.HasData) ReadExtension(extensions.ReadSequence());
    }

    private static ReadOnlyMemory<byte> ReadExtensions(AsnReader extensions)
    {
        ReadOnlyMemory<byte>? number = null;
        HashSet<string> seen = new(StringComparer.Ordinal);
        while (extensions.HasData)
        {
            if (seen.Count == MaximumExtensions) throw new AsnContentException($"more than {MaximumExtensions} extensions");
            var (oid, value) = ReadExtension(extensions.ReadSequence());
            if (!seen.Add(oid)) throw new AsnContentException($"extension {oid} occurs twice");
            if (oid != NumberOid) continue;
            var reader = new AsnReader(value, AsnEncodingRules.DER);
            number = reader.ReadIntegerBytes();
            reader.ThrowIfNotEmpty();
        }

        return number ?? throw new AsnContentException("the CRL number is missing");
    }

    private static (string Oid, ReadOnlyMemory<byte> Value) ReadExtension(AsnReader extension)
    {
        var oid = extension.ReadObjectIdentifier();
        if (extension.PeekTag().TagValue == (int)UniversalTagNumber.Boolean && extension.ReadBoolean())
            throw new AsnContentException($"extension {oid} is critical");
        var value = extension.ReadOctetString();
        extension.ThrowIfNotEmpty();
        return (oid, value);
    }
}
