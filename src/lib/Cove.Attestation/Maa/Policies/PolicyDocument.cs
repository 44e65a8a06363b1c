using System.Security.Cryptography;
using System.Text;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Maa.Policies;

/// <summary>
/// A policy as owners upload it: a JWT whose payload names the policy, unsigned (<c>alg</c> <c>none</c>) or signed by the key of the
/// certificate in its header. An empty payload asks for the default policy back.
/// </summary>
public sealed class PolicyDocument
{
    /// <summary>Longest document, in characters.</summary>
    public const int MaximumLength = CompactJws.MaximumLength;

    private const string Format = "policy document";
    private const string Member = "AttestationPolicy";

    private PolicyDocument(string text, MaaPolicy? policy, OwnerJws? jws)
    {
        Text = text;
        Policy = policy;
        Signer = jws?.SignerKey;
        SignerCertificate = jws?.SignerCertificate;
    }

    /// <summary>The document exactly as it was given.</summary>
    public string Text { get; }

    /// <summary>The policy in it; null where the payload is empty.</summary>
    public MaaPolicy? Policy { get; }

    /// <summary>Whose key signed it, with its certificates; null where it is unsigned. Who that is, the signature does not say.</summary>
    public Jwk? Signer { get; }

    /// <summary>The certificate of that key; null where it is unsigned.</summary>
    public Certificate? SignerCertificate { get; }

    /// <summary>SHA-256 over the document's text, base64url: how the service refers to it.</summary>
    public string Hash => Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Text)));

    /// <summary>The unsigned document of a policy.</summary>
    public static PolicyDocument Of(MaaPolicy policy)
    {
        var inner = Base64Url.Encode(Encoding.UTF8.GetBytes(policy.Text));
        var payload = Base64Url.Encode(Encoding.ASCII.GetBytes($"{{\"{Member}\":\"{inner}\"}}"));
        return new PolicyDocument($"{Base64Url.Encode("""{"alg":"none"}"""u8)}.{payload}.", policy, null);
    }

    /// <summary>Parses a document; a signature in it is verified with the key of its own certificate.</summary>
    /// <exception cref="MalformedException">It is no such document, its signature does not hold, or the policy in it is no policy.</exception>
    public static PolicyDocument Parse(string text)
    {
        var jws = OwnerJws.Parse(text, Format);
        return new PolicyDocument(text, jws.Payload.IsEmpty ? null : ReadPolicy(jws.Payload), jws);
    }

    private static MaaPolicy ReadPolicy(ReadOnlyMemory<byte> payload)
    {
        using var document = StrictJson.ParseObject(payload, Format, MaximumLength);
        var text = StrictJson.RequiredString(document.RootElement, Member, Format);
        // Base64url of the text since 2020; before that, and in old samples still, the text itself.
        if (!Base64Url.TryDecode(text, out var bytes)) return MaaPolicy.Parse(text);
        try
        {
            return MaaPolicy.Parse(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes));
        }
        catch (DecoderFallbackException bad)
        {
            throw new MalformedException(Format, Member, "is not UTF-8", inner: bad);
        }
    }
}
