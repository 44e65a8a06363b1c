using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Tokens;

/// <summary>Accepts the attestation tokens of one issuer. Which keys are the issuer's, the caller knows: nothing is fetched.</summary>
/// <param name="issuer">The issuer's URL, compared with the <c>iss</c> claim character by character.</param>
/// <param name="keys">The issuer's keys, as its <c>/certs</c> gave them.</param>
/// <param name="clock">Tells the time.</param>
public sealed class TokenValidator(string issuer, Jwks keys, TimeProvider clock)
{
    private const string Format = "attestation token";
    private const string Section = "RFC 7519 4.1";

    /// <summary>How far the issuer's clock may be ahead or behind.</summary>
    public static TimeSpan ClockSkew { get; } = TimeSpan.FromMinutes(1);

    /// <summary>Validates a token: signature by one of the issuer's keys, RS256, PS256 or ES256 and their larger siblings only, issuer, dates.</summary>
    /// <returns>The token, or every reason why it may not be relied on.</returns>
    /// <exception cref="MalformedException">It is no signed JWT at all.</exception>
    public Verdict<AttestationToken> Validate(string token) => Validate(CompactJws.Parse(token));

    /// <summary>Validates a token whose parts were read already.</summary>
    /// <returns>The token, or every reason why it may not be relied on.</returns>
    /// <exception cref="MalformedException">Its payload is no set of claims.</exception>
    public Verdict<AttestationToken> Validate(CompactJws jws)
    {
        if (jws.Header.KeyId is not { } keyId || keys.Find(keyId) is not { } key)
            return new Finding("token-key-unknown", "kid", $"a key of {issuer}", jws.Header.KeyId ?? "none", "RFC 7515 4.1.4");
        if (!jws.Verify(key).IsAccepted(out var verified, out var findings)) return new Verdict<AttestationToken>.Rejected(findings);

        using var document = StrictJson.ParseObject(verified.Payload, Format, CompactJws.MaximumLength);
        var claims = document.RootElement;
        List<Finding> wrong = [];
        var from = StrictJson.OptionalString(claims, "iss", Format);
        if (from != issuer) wrong.Add(new("token-issuer-not-accepted", "iss", issuer, from ?? "absent", Section));
        var (issuedAt, notBefore, expiresAt) = (Time(claims, "iat"), Time(claims, "nbf"), Time(claims, "exp"));
        var now = clock.GetUtcNow();
        if (expiresAt is null || now >= expiresAt + ClockSkew) wrong.Add(new("token-expired", "exp", $"later than {now:u}", Show(expiresAt), Section));
        if (issuedAt is null || issuedAt - ClockSkew > now) wrong.Add(new("token-not-yet-valid", "iat", $"no later than {now:u}", Show(issuedAt), Section));
        if (notBefore is { } start && start - ClockSkew > now) wrong.Add(new("token-not-yet-valid", "nbf", $"no later than {now:u}", Show(notBefore), Section));
        return wrong.Count > 0 ? wrong : new AttestationToken(issuer, issuedAt!.Value, expiresAt!.Value, claims.Clone());
    }

    private static DateTimeOffset? Time(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var seconds) || seconds is < 0 or > 253402300799)
            throw new MalformedException(Format, name, "is not a time in whole seconds");
        return DateTimeOffset.FromUnixTimeSeconds(seconds);
    }

    private static string Show(DateTimeOffset? time) => time is { } known ? $"{known:u}" : "absent";
}
