using System.Security.Cryptography;
using System.Text.Json;
using Cove.Attestation.Claims;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Tokens.Ear;

/// <summary>
/// Signs appraisals as EAT Attestation Results (RFC 9711 with the EAR profile of Confidential Containers), for relying parties that ask how
/// far to trust and not only what was said. Safe for concurrent use.
/// </summary>
/// <param name="issuer">The service's own URL, the <c>iss</c> claim.</param>
/// <param name="current">The key that signs now.</param>
/// <param name="clock">Tells <c>iat</c>.</param>
public sealed class EarIssuer(string issuer, Func<TokenSigningKey> current, TimeProvider clock)
{
    /// <summary>The media type of such a token.</summary>
    public const string MediaType = "application/eat+jwt";

    /// <summary>The profile that tells how to read it.</summary>
    public const string Profile = "tag:github.com,2024:confidential-containers/Trustee";

    private const int ShortestNonce = 8, LongestNonce = 88;
    private const int TokenIdSize = 32;
    private static readonly string Version = typeof(EarIssuer).Assembly.GetName().Version!.ToString(3);

    /// <summary>How long a result is valid unless the owner's policy says otherwise: five minutes.</summary>
    public static TimeSpan DefaultLifetime { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Issues the result of an appraisal.</summary>
    /// <param name="claims">What the appraisal asserts.</param>
    /// <param name="nonce">What the requester gave to recognise its result by; null where it gave nothing.</param>
    /// <exception cref="MalformedException">The nonce is not of 8 to 88 characters (RFC 9711 4.1).</exception>
    public string Issue(ClaimSet claims, string? nonce = null)
    {
        if (nonce is not null && nonce.Length is < ShortestNonce or > LongestNonce)
            throw new MalformedException("EAR request", "nonce", $"is {nonce.Length} characters, an attestation result takes {ShortestNonce} to {LongestNonce}");
        var key = current();
        var header = TokenJson.Write(json =>
        {
            json.WriteString("alg", key.Signer.Algorithm.Name);
            json.WriteString("jku", issuer + "/certs");
            json.WriteString("kid", key.KeyId);
            json.WriteString("typ", "eat+jwt");
        });
        return key.Signer.Sign(new ProtectedHeader(header), TokenJson.Write(json => WriteClaims(json, claims, nonce)).Span);
    }

    private void WriteClaims(Utf8JsonWriter json, ClaimSet claims, string? nonce)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        json.WriteStartObject("ear.verifier-id");
        json.WriteString("build", $"cove {Version}");
        json.WriteString("developer", "Cove contributors");
        json.WriteEndObject();
        if (nonce is not null) json.WriteString("eat_nonce", nonce);
        json.WriteString("eat_profile", Profile);
        json.WriteNumber("exp", now + (long)(claims.Lifetime ?? DefaultLifetime).TotalSeconds);
        json.WriteNumber("iat", now);
        json.WriteString("iss", issuer);
        json.WriteString("jti", RandomNumberGenerator.GetHexString(2 * TokenIdSize, lowercase: true));
        json.WriteNumber("nbf", now);
        json.WriteStartObject("submods");
        json.WriteStartObject("cpu0");
        WriteAppraisal(json, claims);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteAppraisal(Utf8JsonWriter json, ClaimSet claims)
    {
        var appraisal = claims.Appraisal;
        if (claims.Claims.TryGetValue(ClaimNames.PolicyHash, out var policy)) json.WriteString("ear.appraisal-policy-id", policy.ToString());
        json.WriteString("ear.status", appraisal.Vector.Status.ToString().ToLowerInvariant());
        json.WriteStartObject("ear.trustworthiness-vector");
        foreach (var (name, value) in appraisal.Vector.Claims) json.WriteNumber(name, value);
        json.WriteEndObject();
        json.WriteStartObject("ear.veraison.annotated-evidence");
        json.WriteStartObject(appraisal.Kind);
        Write(json, appraisal.Evidence);
        json.WriteEndObject();
        Write(json, "init_data_claims", claims.Claims.GetValueOrDefault(ClaimNames.InitTime));
        Write(json, "runtime_data_claims", claims.Claims.GetValueOrDefault(ClaimNames.Runtime));
        json.WriteEndObject();
        // All that the appraisal asserts, what the owner's policy issued among it, as the other kind of token has it.
        json.WriteStartObject("ear.veraison.policy-claims");
        Write(json, claims.Claims);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyDictionary<string, ClaimValue> claims)
    {
        foreach (var (name, value) in claims) Write(json, name, value);
    }

    private static void Write(Utf8JsonWriter json, string name, ClaimValue? value)
    {
        json.WritePropertyName(name);
        if (value is null) json.WriteNullValue();
        else value.WriteTo(json);
    }
}
