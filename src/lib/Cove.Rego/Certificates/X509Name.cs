using System.Formats.Asn1;

namespace Cove.Rego.Certificates;

/// <summary>A distinguished name (RFC 5280 §4.1.2.4): its attributes in order, and its DER.</summary>
internal sealed record X509Name(IReadOnlyList<(string Type, string Value)> Attributes, byte[] Der)
{
    /// <summary>Reads one name and leaves the reader behind it.</summary>
    public static X509Name Read(AsnReader reader)
    {
        var der = reader.PeekEncodedValue().ToArray();
        var attributes = new List<(string, string)>();
        var sets = reader.ReadSequence();
        while (sets.HasData)
        {
            var set = sets.ReadSetOf();
            while (set.HasData)
            {
                var attribute = set.ReadSequence();
                attributes.Add((attribute.ReadObjectIdentifier(), Text(attribute)));
                attribute.ThrowIfNotEmpty();
            }
        }

        return new X509Name(attributes, der);
    }

    /// <summary>The values of an attribute, in order.</summary>
    public IEnumerable<string> All(string type) => Attributes.Where(a => a.Type == type).Select(static a => a.Value);

    private static string Text(AsnReader reader)
    {
        var tag = reader.PeekTag();
        if (tag.TagClass == TagClass.Universal && Enum.IsDefined((UniversalTagNumber)tag.TagValue))
        {
            var kind = (UniversalTagNumber)tag.TagValue;
            if (kind is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String or UniversalTagNumber.TeletexString
                or UniversalTagNumber.BMPString or UniversalTagNumber.NumericString or UniversalTagNumber.VisibleString)
                return reader.ReadCharacterString(kind);
        }

        throw new X509Exception("x509: invalid RDNSequence: invalid attribute value: unsupported string type");
    }
}
