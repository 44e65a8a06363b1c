using System.Formats.Asn1;
using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Formats.Der;

/// <summary>
/// A certificate revocation list (RFC 5280 5), version 2, parsed strictly. Parsing trusts nothing: whether its issuer signed it, and
/// whether it is of this day, is for <see cref="Revocation"/> to say.
/// </summary>
public sealed class CertificateRevocationList
{
    /// <summary>Largest list that is read, in bytes.</summary>
    public const int MaximumSize = 8 * 1024 * 1024;

    internal const string Format = "certificate revocation list";

    private readonly ReadOnlyMemory<byte> signed;
    private readonly ReadOnlyMemory<byte> signature;
    private readonly HashSet<string> revoked;

    internal CertificateRevocationList(RevocationListFields fields)
    {
        Der = fields.Der;
        signed = fields.Signed;
        signature = fields.Signature;
        revoked = fields.Revoked;
        SignatureAlgorithm = fields.Algorithm;
        Issuer = fields.Issuer;
        ThisUpdate = fields.ThisUpdate;
        NextUpdate = fields.NextUpdate;
        Number = fields.Number;
    }

    /// <summary>The list's DER bytes.</summary>
    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>How the issuer signed it.</summary>
    public SignatureAlgorithm SignatureAlgorithm { get; }

    /// <summary>Who signed it, by its own account.</summary>
    public DistinguishedName Issuer { get; }

    /// <summary>When it was issued.</summary>
    public DateTimeOffset ThisUpdate { get; }

    /// <summary>By when the next one is issued; after it this one says nothing any more.</summary>
    public DateTimeOffset NextUpdate { get; }

    /// <summary>Content bytes of the CRL number, most significant first.</summary>
    public ReadOnlyMemory<byte> Number { get; }

    /// <summary>How many certificates it revokes.</summary>
    public int Count => revoked.Count;

    /// <summary>Whether it lists this certificate. Meaningless unless the certificate has the same issuer.</summary>
    public bool Lists(Certificate certificate) => revoked.Contains(Convert.ToHexStringLower(certificate.SerialNumber.Span));

    /// <summary>Whether <paramref name="issuer"/>'s key made the signature. Says nothing about names, dates or whether the issuer may.</summary>
    public bool IsSignedBy(Certificate issuer) =>
        SignatureAlgorithms.Verify(SignatureAlgorithm, issuer.SubjectPublicKeyInfo.Span, signed.Span, signature.Span);

    /// <summary>Parses one DER list.</summary>
    /// <exception cref="MalformedException">
    /// It is not exactly one version 2 list in DER, has a critical extension (no list of a vendor's certificates has one: it would limit
    /// what the list speaks of), has no next update, or uses an algorithm that is not known here.
    /// </exception>
    public static CertificateRevocationList Parse(ReadOnlySpan<byte> der)
    {
        if (der.Length is 0 or > MaximumSize) throw new MalformedException(Format, "list", $"has {der.Length} bytes, expected 1 to {MaximumSize}");
        try
        {
            return new CertificateRevocationList(RevocationListFields.Read(der.ToArray()));
        }
        catch (Exception bad) when (bad is AsnContentException or CryptographicException or ArgumentException)
        {
            throw new MalformedException(Format, "DER", $"cannot be read: {bad.Message}", inner: bad);
        }
    }

    /// <summary>Parses one list in PEM (RFC 7468, label <c>X509 CRL</c>).</summary>
    /// <exception cref="MalformedException">As <see cref="Parse"/>, or the text is anything but one such block.</exception>
    public static CertificateRevocationList ParsePem(ReadOnlySpan<char> text)
    {
        // Base64 takes four characters for three bytes, and the line ends some more.
        if (text.Length > MaximumSize * 3L / 2) throw new MalformedException(Format, "text", $"is longer than {MaximumSize * 3L / 2} characters");
        if (!PemEncoding.TryFind(text, out var found) || !text[found.Label].SequenceEqual("X509 CRL"))
            throw new MalformedException(Format, "text", "is not PEM with the label X509 CRL");
        var (start, end) = found.Location.GetOffsetAndLength(text.Length);
        if (text[..start].ContainsAnyExcept(" \t\r\n\0") || text[(start + end)..].ContainsAnyExcept(" \t\r\n\0"))
            throw new MalformedException(Format, "text", "has something other than one list in it");
        return Parse(Convert.FromBase64String(text[found.Base64Data].ToString()));
    }
}
