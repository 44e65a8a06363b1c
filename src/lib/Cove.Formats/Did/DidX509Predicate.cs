using System.Formats.Asn1;
using System.Text;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Formats.Did;

/// <summary>One condition of a <c>did:x509</c> identifier on the leaf: <c>subject</c>, <c>san</c>, <c>eku</c> or <c>fulcio-issuer</c>.</summary>
internal sealed class DidX509Predicate
{
    private const string Format = "did:x509";
    private const string FulcioIssuerOid = "1.3.6.1.4.1.57264.1.1";
    private readonly string _text;
    private readonly Func<Certificate, bool> _holds;

    private DidX509Predicate(string text, string name, Func<Certificate, bool> holds)
    {
        _text = text;
        Name = name;
        _holds = holds;
    }

    public string Name { get; }

    public bool Holds(Certificate leaf) => _holds(leaf);

    public override string ToString() => _text;

    public static DidX509Predicate Parse(string text)
    {
        var parts = text.Split(':');
        return new DidX509Predicate(text, parts[0], parts[0] switch
        {
            "subject" => Subject(parts),
            "san" when parts is [_, "email" or "dns" or "uri" or "ipaddress", var value] => San(parts[1], Unescape(value)),
            "eku" when parts is [_, var oid] && IsOid(oid) => leaf => CertificateNames.ExtendedKeyUsages(leaf).Contains(oid, StringComparer.Ordinal),
            "fulcio-issuer" when parts is [_, var issuer] => FulcioIssuer("https://" + Unescape(issuer)),
            _ => throw new MalformedException(Format, "predicate", $"\"{text}\" is none of subject, san, eku and fulcio-issuer in their form"),
        });
    }

    private static Func<Certificate, bool> Subject(string[] parts)
    {
        Dictionary<string, string> wanted = new(StringComparer.Ordinal);
        if (parts.Length < 3 || parts.Length % 2 == 0) throw new MalformedException(Format, "subject", "is not a list of keys with values");
        for (var i = 1; i < parts.Length; i += 2)
        {
            if (!wanted.TryAdd(OidOf(parts[i]), Unescape(parts[i + 1]))) throw new MalformedException(Format, "subject", $"names {parts[i]} twice");
        }

        return leaf => wanted.All(pair => leaf.Subject.Attributes.Contains(pair));
    }

    private static Func<Certificate, bool> San(string kind, string value) => leaf => CertificateNames.AlternativeNames(leaf).Contains((kind, value));

    // Fulcio wrote the first version of this extension as bare text, not as DER.
    private static Func<Certificate, bool> FulcioIssuer(string issuer) =>
        leaf => leaf.Extension(FulcioIssuerOid) is { } value && value.Span.SequenceEqual(Encoding.UTF8.GetBytes(issuer));

    private static string OidOf(string key) => key switch
    {
        "CN" => "2.5.4.3",
        "L" => "2.5.4.7",
        "SERIALNUMBER" => "2.5.4.5",
        "ST" or "S" => "2.5.4.8",
        "O" => "2.5.4.10",
        "OU" => "2.5.4.11",
        "C" => "2.5.4.6",
        "STREET" => "2.5.4.9",
        "POSTALCODE" => "2.5.4.17",
        _ when IsOid(key) => key,
        _ => throw new MalformedException(Format, "subject", $"has the key \"{key}\", which is neither known nor an OID"),
    };

    private static bool IsOid(string text)
    {
        try
        {
            new AsnWriter(AsnEncodingRules.DER).WriteObjectIdentifier(text);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // The draft allows letters, digits, '-', '.' and '_' as they are; anything else is %XX of its UTF-8 bytes. The tools that sign for Azure
    // write a space as '+', which the draft has no other use for.
    private static string Unescape(string text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsAsciiLetterOrDigit(text[i]) || text[i] is '-' or '.' or '_')
            {
                bytes[length++] = (byte)text[i];
            }
            else if (text[i] == '+')
            {
                bytes[length++] = (byte)' ';
            }
            else if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                bytes[length++] = Convert.FromHexString(text.AsSpan(i + 1, 2))[0];
                i += 2;
            }
            else
            {
                throw new MalformedException(Format, "value", $"\"{text}\" is not percent-encoded as the method asks", i);
            }
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, length);
        }
        catch (DecoderFallbackException bad)
        {
            throw new MalformedException(Format, "value", $"\"{text}\" is not UTF-8", inner: bad);
        }
    }
}
