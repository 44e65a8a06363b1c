using System.Buffers;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Formats.Jose;

/// <summary>The protected header of a JWS (RFC 7515 section 4). Nothing in it is trusted: <c>jku</c> is never fetched and <c>x5c</c> proves
/// nothing by itself.</summary>
public sealed record JwsHeader
{
    private const string Format = "JWS header";
    private const int MaximumCertificates = 10;
    private const int MaximumCritical = 16;

    /// <summary>The <c>alg</c> member, as it stands: whether it is one of <see cref="JwsAlgorithm"/> is decided on verification.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The <c>kid</c> member.</summary>
    public string? KeyId { get; init; }

    /// <summary>The <c>typ</c> member.</summary>
    public string? Type { get; init; }

    /// <summary>The <c>jku</c> member: where the signer says its keys are.</summary>
    public string? KeySetUrl { get; init; }

    /// <summary>The <c>x5c</c> member: DER certificates, leaf first.</summary>
    public IReadOnlyList<byte[]>? CertificateChain { get; init; }

    /// <summary>The <c>x5t#S256</c> member: SHA-256 of the leaf, base64url.</summary>
    public string? CertificateThumbprint { get; init; }

    /// <summary>The <c>crit</c> member. We know no extension, so a header that has one is never accepted.</summary>
    public IReadOnlyList<string>? Critical { get; init; }

    /// <summary>The header as compact UTF-8 JSON: alg, jku, kid, typ, x5c, x5t#S256, each where set.</summary>
    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("alg", Algorithm);
            if (KeySetUrl is not null) writer.WriteString("jku", KeySetUrl);
            if (KeyId is not null) writer.WriteString("kid", KeyId);
            if (Type is not null) writer.WriteString("typ", Type);
            if (CertificateChain is not null)
            {
                writer.WriteStartArray("x5c");
                foreach (var certificate in CertificateChain) writer.WriteBase64StringValue(certificate);
                writer.WriteEndArray();
            }

            if (CertificateThumbprint is not null) writer.WriteString("x5t#S256", CertificateThumbprint);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    internal static JwsHeader Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = StrictJson.ParseObject(utf8, Format, CompactJws.MaximumHeaderLength);
        var root = document.RootElement;
        var critical = StrictJson.OptionalStrings(root, "crit", Format, MaximumCritical);
        if (critical is { Count: 0 }) throw new MalformedException(Format, "crit", "is empty");
        return new()
        {
            Algorithm = StrictJson.RequiredString(root, "alg", Format),
            KeyId = StrictJson.OptionalString(root, "kid", Format),
            Type = StrictJson.OptionalString(root, "typ", Format),
            KeySetUrl = StrictJson.OptionalString(root, "jku", Format),
            CertificateChain = X509Chain.Read(root, Format, MaximumCertificates),
            CertificateThumbprint = StrictJson.OptionalString(root, "x5t#S256", Format),
            Critical = critical,
        };
    }
}
