using System.Security.Cryptography;
using Cove.Attestation.Claims;
using Cove.Formats.Jose;

namespace Cove.Attestation.Tokens;

/// <summary>Signs appraisals as JSON Web Tokens in the form of Microsoft Azure Attestation. Safe for concurrent use.</summary>
/// <param name="issuer">The service's own URL, the <c>iss</c> claim; its keys are at <c>/certs</c> below it.</param>
/// <param name="current">The key that signs now; asked for every token, so that keys can rotate.</param>
/// <param name="clock">Tells <c>iat</c>.</param>
public sealed class TokenIssuer(string issuer, Func<TokenSigningKey> current, TimeProvider clock)
{
    private const int TokenIdSize = 32;

    /// <summary>An issuer with one key.</summary>
    /// <param name="issuer">The service's own URL, the <c>iss</c> claim; its keys are at <c>/certs</c> below it.</param>
    /// <param name="keyId">The <c>kid</c> of the signing key.</param>
    /// <param name="signer">Signs; disposed by whoever made it.</param>
    /// <param name="clock">Tells <c>iat</c>.</param>
    public TokenIssuer(string issuer, string keyId, JwsSigner signer, TimeProvider clock)
        : this(issuer, () => new TokenSigningKey(keyId, signer), clock)
    {
    }

    /// <summary>How long a token is valid unless said otherwise: eight hours, as MAA's.</summary>
    public static TimeSpan DefaultLifetime { get; } = TimeSpan.FromHours(8);

    /// <summary>How long tokens are valid whose claims do not say otherwise.</summary>
    public TimeSpan Lifetime { get; init; } = DefaultLifetime;

    /// <summary>Issues a token that asserts these claims.</summary>
    /// <param name="claims">What the appraisal asserts.</param>
    /// <param name="nonce">What the requester gave to recognise its token by; null where it gave nothing.</param>
    /// <returns>A JWS in compact serialisation; its claims are in ordinal order of their names.</returns>
    public string Issue(ClaimSet claims, string? nonce = null) => Sign(Payload(claims.Claims, claims.Lifetime, nonce));

    /// <summary>
    /// Shows what a token would say, unsigned (<c>alg</c> <c>none</c>): the answer to a request that brings its own policy. No validator accepts it.
    /// </summary>
    public string ShowUnsecured(ClaimSet claims, string? nonce = null) =>
        $"{Base64Url.Encode("""{"alg":"none","typ":"JWT"}"""u8)}.{Base64Url.Encode(Payload(claims.Claims, claims.Lifetime, nonce).Span)}.";

    /// <summary>Signs what the service states about its policies.</summary>
    public string Issue(PolicyStatement statement) => Sign(Payload(statement.Claims, null, null));

    private ReadOnlyMemory<byte> Payload(IReadOnlyDictionary<string, ClaimValue> claims, TimeSpan? lifetime, string? nonce)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        SortedDictionary<string, ClaimValue> all = new(claims.ToDictionary(), StringComparer.Ordinal)
        {
            ["exp"] = now + (long)(lifetime ?? Lifetime).TotalSeconds,
            ["iat"] = now,
            ["iss"] = issuer,
            ["jti"] = RandomNumberGenerator.GetHexString(2 * TokenIdSize, lowercase: true),
            ["nbf"] = now,
            ["x-ms-ver"] = "1.0",
        };
        if (nonce is not null) all["nonce"] = nonce;
        return TokenJson.Write(json =>
        {
            foreach (var (name, value) in all)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        });
    }

    // Member order and escaping as MAA has them: a kid is base64 and holds characters that are legal JSON and escaped by default.
    private string Sign(ReadOnlyMemory<byte> payload)
    {
        var key = current();
        var header = TokenJson.Write(json =>
        {
            json.WriteString("alg", key.Signer.Algorithm.Name);
            json.WriteString("jku", issuer + "/certs");
            json.WriteString("kid", key.KeyId);
            json.WriteString("typ", "JWT");
        });
        return key.Signer.Sign(new ProtectedHeader(header), payload.Span);
    }
}
