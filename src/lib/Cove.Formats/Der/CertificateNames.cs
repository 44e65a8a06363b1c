using System.Formats.Asn1;
using System.Net;
using Cove.Outcomes;

namespace Cove.Formats.Der;

/// <summary>What a certificate says its key is for and who its subject also is: extendedKeyUsage and subjectAltName (RFC 5280 4.2.1).</summary>
public static class CertificateNames
{
    private const string ExtendedKeyUsageOid = "2.5.29.37";
    private const string SubjectAlternativeNameOid = "2.5.29.17";
    private const int IpAddressTag = 7;

    /// <summary>The purposes (EKU), dotted OIDs; empty where the extension is absent.</summary>
    /// <exception cref="MalformedException">The extension cannot be read.</exception>
    public static IReadOnlyList<string> ExtendedKeyUsages(Certificate certificate) => Read(certificate, ExtendedKeyUsageOid, reader => reader.ReadObjectIdentifier());

    /// <summary>Alternative names of the kinds <c>email</c>, <c>dns</c>, <c>uri</c> and <c>ipaddress</c> with their values; others are left out.</summary>
    /// <exception cref="MalformedException">The extension cannot be read.</exception>
    public static IReadOnlyList<(string Kind, string Value)> AlternativeNames(Certificate certificate) =>
        [.. Read(certificate, SubjectAlternativeNameOid, ReadName).Where(name => name.Kind.Length > 0)];

    private static (string Kind, string Value) ReadName(AsnReader reader)
    {
        var tag = reader.PeekTag();
        if (tag.TagValue == IpAddressTag) return ReadAddress(reader.ReadOctetString(tag));
        var kind = tag.TagValue switch { 1 => "email", 2 => "dns", 6 => "uri", _ => "" };
        if (kind.Length > 0) return (kind, reader.ReadCharacterString(UniversalTagNumber.IA5String, tag));
        reader.ReadEncodedValue();
        return ("", "");
    }

    // Four bytes or sixteen; anything else names no host and is left out.
    private static (string Kind, string Value) ReadAddress(byte[] address) => address.Length is 4 or 16 ? ("ipaddress", new IPAddress(address).ToString()) : ("", "");

    private static List<T> Read<T>(Certificate certificate, string oid, Func<AsnReader, T> read)
    {
        List<T> values = [];
        if (certificate.Extension(oid) is not { } extension) return values;
        try
        {
            var outer = new AsnReader(extension, AsnEncodingRules.DER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            while (sequence.HasData) values.Add(read(sequence));
            return values;
        }
        catch (AsnContentException bad)
        {
            throw new MalformedException(CertificateFields.Format, oid, $"cannot be read: {bad.Message}", inner: bad);
        }
    }
}
