using System.Security.Cryptography;
using System.Text;
using Cove.Outcomes;

namespace Cove.Formats.Der;

/// <summary>Certificates as PEM text (RFC 7468), one or several in a row.</summary>
public static class CertificatePem
{
    /// <summary>Most certificates that one text may hold.</summary>
    public const int MaximumCertificates = 32;

    /// <summary>Longest text that is read, in characters.</summary>
    public const int MaximumLength = 1024 * 1024;

    private const string Format = "PEM certificates";
    private const string Label = "CERTIFICATE";

    /// <summary>Parses every certificate of the text, in its order.</summary>
    /// <exception cref="MalformedException">
    /// The text is over <see cref="MaximumLength"/>, holds no certificate or more than <see cref="MaximumCertificates"/>, holds anything
    /// between them but white space and NUL, or one of them is malformed.
    /// </exception>
    public static IReadOnlyList<Certificate> Parse(ReadOnlySpan<char> text)
    {
        if (text.Length > MaximumLength) throw new MalformedException(Format, "text", $"is longer than {MaximumLength} characters");
        List<Certificate> certificates = [];
        var offset = 0;
        while (PemEncoding.TryFind(text[offset..], out var found))
        {
            var (start, end) = found.Location.GetOffsetAndLength(text.Length - offset);
            RequireBlank(text.Slice(offset, start), offset);
            var at = offset + start;
            if (!text[offset..][found.Label].SequenceEqual(Label))
                throw new MalformedException(Format, "label", $"is \"{text[offset..][found.Label]}\", expected {Label}", at);
            if (certificates.Count == MaximumCertificates)
                throw new MalformedException(Format, "text", $"holds more than {MaximumCertificates} certificates", at);
            certificates.Add(Certificate.Parse(Convert.FromBase64String(text[offset..][found.Base64Data].ToString())));
            offset = at + end;
        }

        RequireBlank(text[offset..], offset);
        return certificates.Count > 0 ? certificates : throw new MalformedException(Format, "text", "holds no certificate");
    }

    /// <summary>Parses UTF-8 (or ASCII) PEM text, as <see cref="Parse(ReadOnlySpan{char})"/>.</summary>
    /// <exception cref="MalformedException">As there, or the bytes are not UTF-8.</exception>
    public static IReadOnlyList<Certificate> Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaximumLength) throw new MalformedException(Format, "text", $"is longer than {MaximumLength} bytes");
        return Parse(Decode(utf8).AsSpan());
    }

    /// <summary>Writes certificates as PEM, each ended by a line feed.</summary>
    public static string Write(IEnumerable<Certificate> certificates)
    {
        var text = new StringBuilder();
        foreach (var certificate in certificates) text.Append(PemEncoding.Write(Label, certificate.Der.Span)).Append('\n');
        return text.ToString();
    }

    private static string Decode(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        }
        catch (DecoderFallbackException bad)
        {
            throw new MalformedException(Format, "text", "is not UTF-8", bad.Index, bad);
        }
    }

    // Intel ends its chains with a NUL; everything else between two blocks would be bytes that nobody looked at.
    private static void RequireBlank(ReadOnlySpan<char> between, int offset)
    {
        var bad = between.IndexOfAnyExcept(" \t\r\n\0");
        if (bad >= 0) throw new MalformedException(Format, "text", "has something other than certificates in it", offset + bad);
    }
}
