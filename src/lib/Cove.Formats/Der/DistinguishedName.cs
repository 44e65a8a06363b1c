using System.Formats.Asn1;

namespace Cove.Formats.Der;

/// <summary>An X.501 name, as it stands in a certificate.</summary>
public sealed class DistinguishedName
{
    /// <summary>Most attributes a name may have.</summary>
    public const int MaximumAttributes = 64;

    private const string CommonNameOid = "2.5.4.3";

    private DistinguishedName(ReadOnlyMemory<byte> der, IReadOnlyList<KeyValuePair<string, string>> attributes)
    {
        Der = der;
        Attributes = attributes;
    }

    /// <summary>The exact bytes; two names are the same when these are.</summary>
    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>Attribute types (dotted OID) with their values, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes { get; }

    /// <summary>The last CN, or an empty string where there is none.</summary>
    public string CommonName => Attributes.LastOrDefault(attribute => attribute.Key == CommonNameOid).Value ?? "";

    /// <summary>Whether both names have the same bytes.</summary>
    public bool Is(DistinguishedName other) => Der.Span.SequenceEqual(other.Der.Span);

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", Attributes.Select(attribute => $"{Short(attribute.Key)}={attribute.Value}"));

    internal static DistinguishedName Read(ReadOnlyMemory<byte> der)
    {
        List<KeyValuePair<string, string>> attributes = [];
        var names = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            var set = names.ReadSetOf();
            while (set.HasData)
            {
                if (attributes.Count == MaximumAttributes) throw new AsnContentException($"name has more than {MaximumAttributes} attributes");
                var pair = set.ReadSequence();
                attributes.Add(new(pair.ReadObjectIdentifier(), ReadText(pair)));
                pair.ThrowIfNotEmpty();
            }
        }

        return new DistinguishedName(der, attributes);
    }

    private static string ReadText(AsnReader reader)
    {
        var tag = (UniversalTagNumber)reader.PeekTag().TagValue;
        return tag is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String
            or UniversalTagNumber.T61String or UniversalTagNumber.BMPString or UniversalTagNumber.VisibleString or UniversalTagNumber.NumericString
            ? reader.ReadCharacterString(tag)
            : throw new AsnContentException($"name attribute of type {tag} is not a string");
    }

    private static string Short(string oid) => oid switch
    {
        CommonNameOid => "CN",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        _ => oid,
    };
}
