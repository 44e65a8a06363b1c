using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Formats.Jose;

/// <summary>
/// A JWS in compact serialisation (RFC 7515 section 7.1) whose signature has not been verified. <see cref="Verify"/> is the only way
/// to a <see cref="VerifiedJws"/>.
/// </summary>
public sealed class CompactJws
{
    /// <summary>Longest text, in characters: an attestation token with its endorsements is around 10,000, a released key around 20,000.</summary>
    public const int MaximumLength = 128 * 1024;

    /// <summary>Longest decoded header, in bytes.</summary>
    public const int MaximumHeaderLength = 32 * 1024;

    private const string Format = "JWS";
    private readonly byte[] _signingInput;
    private readonly byte[] _signature;

    private CompactJws(JwsHeader header, byte[] payload, byte[] signingInput, byte[] signature)
    {
        Header = header;
        UnverifiedPayload = payload;
        _signingInput = signingInput;
        _signature = signature;
    }

    /// <summary>The header, to choose a key by. Not verified.</summary>
    public JwsHeader Header { get; }

    /// <summary>The payload before verification: good for finding out whose key to ask for, and for nothing else.</summary>
    public ReadOnlyMemory<byte> UnverifiedPayload { get; }

    /// <summary>Reads the three parts.</summary>
    /// <exception cref="MalformedException">Too long, not three parts of canonical base64url, or the header is not one.</exception>
    public static CompactJws Parse(string text)
    {
        if (text.Length > MaximumLength) throw new MalformedException(Format, "text", $"is {text.Length} characters, more than {MaximumLength}");
        var first = text.IndexOf('.', StringComparison.Ordinal);
        var second = first < 0 ? -1 : text.IndexOf('.', first + 1);
        if (second < 0 || text.IndexOf('.', second + 1) >= 0) throw new MalformedException(Format, "text", "is not three parts with two dots");
        var header = JwsHeader.Parse(Base64Url.Decode(text.AsSpan(0, first), Format, "header"));
        var payload = Base64Url.Decode(text.AsSpan(first + 1, second - first - 1), Format, "payload");
        var signature = Base64Url.Decode(text.AsSpan(second + 1), Format, "signature");
        return new(header, payload, Encoding.ASCII.GetBytes(text, 0, second), signature);
    }

    /// <summary>A string claim of the payload before verification: good for finding out whose key to ask for, and for nothing else. The first of that name;
    /// who reads the verified payload refuses a second.</summary>
    /// <param name="name">A top-level member.</param>
    /// <exception cref="MalformedException">The payload is no JSON object, or the claim is absent or not a string.</exception>
    public string UnverifiedClaim(string name)
    {
        const string format = "JWT";
        StrictJson.RequireUnicode(UnverifiedPayload.Span, format);
        try
        {
            var reader = new Utf8JsonReader(UnverifiedPayload.Span, new JsonReaderOptions { MaxDepth = StrictJson.MaximumDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new MalformedException(format, "payload", "is not a JSON object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isIt = reader.ValueTextEquals(name);
                reader.Read();
                if (isIt) return reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new MalformedException(format, name, "is not a string");
                reader.Skip();
            }
        }
        catch (JsonException e)
        {
            throw new MalformedException(format, "payload", "is not a JSON object", e.BytePositionInLine, e);
        }

        throw new MalformedException(format, name, "is missing");
    }

    /// <summary>
    /// Verifies the signature. The algorithm must be one of <see cref="JwsAlgorithm"/> and fit the key's type, curve, <c>alg</c>,
    /// <c>use</c> and <c>key_ops</c>; a header with <c>crit</c> is rejected. The key is the caller's choice: it comes from what is
    /// already trusted, never from the header alone.
    /// </summary>
    public Verdict<VerifiedJws> Verify(Jwk key)
    {
        if (Header.Critical is { } critical)
            return new Finding("jws-critical-header-unknown", "crit", "no critical header", string.Join(' ', critical), "RFC 7515 4.1.11");
        if (JwsAlgorithm.Find(Header.Algorithm) is not { } algorithm)
            return new Finding("jws-algorithm-refused", "alg", string.Join(' ', JwsAlgorithm.All), Header.Algorithm, "RFC 7518 3.1");
        if (!algorithm.Fits(key))
            return new Finding("jws-algorithm-unfit", "alg", $"one that fits the {key.KeyType} key {key.KeyId}", Header.Algorithm, "RFC 7515 10.7");
        if (!SignatureIsGood(algorithm, key))
            return new Finding("jws-signature-invalid", "signature", $"a signature by the key {key.KeyId}", "another", "RFC 7515 5.2");
        return new VerifiedJws(Header, UnverifiedPayload, key);
    }

    private bool SignatureIsGood(JwsAlgorithm algorithm, Jwk key)
    {
        try
        {
            return algorithm.Verify(key, _signingInput, _signature);
        }
        catch (CryptographicException)
        {
            // The platform throws where the signature or the key cannot be one at all: not a good signature either way.
            return false;
        }
    }
}
