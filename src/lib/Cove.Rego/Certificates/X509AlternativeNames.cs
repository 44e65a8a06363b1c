using System.Formats.Asn1;
using System.Net;

namespace Cove.Rego.Certificates;

/// <summary>The kinds of GeneralName that are looked at (RFC 5280 §4.2.1.6).</summary>
internal sealed class X509AlternativeNames
{
    private const int Email = 1;
    private const int Dns = 2;
    private const int Uri = 6;
    private const int Ip = 7;

    public List<string> DnsNames { get; } = [];

    public List<string> Emails { get; } = [];

    public List<byte[]> Addresses { get; } = [];

    public List<string> Uris { get; } = [];

    public bool IsEmpty => DnsNames.Count + Emails.Count + Addresses.Count + Uris.Count == 0;

    /// <summary>An address in text form.</summary>
    public static string Text(byte[] address) => new IPAddress(address).ToString();

    public static X509AlternativeNames Read(AsnReader reader)
    {
        var names = new X509AlternativeNames();
        var sequence = reader.ReadSequence();
        while (sequence.HasData) names.Add(sequence);
        return names;
    }

    /// <summary>Reads one name and leaves the reader behind it.</summary>
    public void Add(AsnReader reader)
    {
        var tag = reader.PeekTag();
        if (tag.TagClass != TagClass.ContextSpecific) throw new X509Exception("x509: invalid subject alternative names");
        switch (tag.TagValue)
        {
            case Email:
                Emails.Add(reader.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                break;
            case Dns:
                DnsNames.Add(reader.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                break;
            case Uri:
                Uris.Add(reader.ReadCharacterString(UniversalTagNumber.IA5String, tag));
                break;
            case Ip:
                var address = reader.ReadOctetString(tag);
                if (address.Length is not (4 or 16 or 8 or 32)) throw new X509Exception($"x509: cannot parse IP address of length {address.Length}");
                Addresses.Add(address);
                break;
            default:
                reader.ReadEncodedValue();
                break;
        }
    }
}
