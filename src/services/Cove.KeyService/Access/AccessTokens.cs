using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Hosting.Errors;
using Cove.KeyService.Api;
using Cove.Outcomes;
using Microsoft.Net.Http.Headers;

namespace Cove.KeyService.Access;

/// <summary>Authenticates requests by bearer token. A request without one gets the challenge that Azure clients wait for before they send
/// their body.</summary>
internal sealed class AccessTokens(IReadOnlyList<AccessIssuer> issuers, Uri vault, VaultDialect dialect, TimeProvider clock)
{
    private const string Format = "access token";
    private const string Scheme = "Bearer ";
    private const int MaximumLength = 16 * 1024;
    private const int MaximumRoles = 64;
    private const int MaximumGroups = 200;
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);
    private readonly HashSet<string> _audiences = new(StringComparer.OrdinalIgnoreCase) { vault.GetLeftPart(UriPartial.Authority),
        "https://vault.azure.net", "https://managedhsm.azure.net" };

    private readonly VerifiedTokens _verified = new();

    /// <summary>Who calls.</summary>
    /// <exception cref="ServiceException">401 with a challenge: no token, or one that does not hold.</exception>
    public Caller Authenticate(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) throw Challenge("AKV10000: Request is missing a Bearer or PoP token.");
        try
        {
            return Validate(header[Scheme.Length..].Trim());
        }
        catch (MalformedException e)
        {
            throw Challenge($"AKV10042: The token cannot be read: {e.Message}");
        }
    }

    private Caller Validate(string text)
    {
        if (text.Length > MaximumLength) throw new MalformedException(Format, "text", $"is {text.Length} characters, more than {MaximumLength}");
        var verified = _verified.Find(text) ?? Verify(text);
        using var document = StrictJson.ParseObject(verified.Payload, Format, MaximumLength);
        var claims = document.RootElement;
        var now = clock.GetUtcNow();
        if (Time(claims, "exp") is not { } expires || now >= expires + Skew) throw Challenge("AKV10046: The token is expired or has no exp.");
        if (Time(claims, "nbf") is { } notBefore && notBefore - Skew > now) throw Challenge("AKV10047: The token is not valid yet.");
        if (!AudienceFits(claims)) throw Challenge($"AKV10022: Invalid audience. Expected {string.Join(" or ", _audiences)}.");
        var subject = StrictJson.OptionalString(claims, "oid", Format) ?? StrictJson.RequiredString(claims, "sub", Format);
        return new(subject, StrictJson.OptionalStrings(claims, "roles", Format, MaximumRoles) ?? [],
            StrictJson.OptionalStrings(claims, "groups", Format, MaximumGroups) ?? []);
    }

    private VerifiedJws Verify(string text)
    {
        var jws = CompactJws.Parse(text);
        var issuer = IssuerOf(jws);
        if (jws.Header.KeyId is not { } keyId || issuer.Keys.Find(keyId) is not { } key)
            throw Challenge($"AKV10022: {issuer.Issuer} has no key {jws.Header.KeyId ?? "without kid"}.");
        if (!jws.Verify(key).IsAccepted(out var verified, out var findings)) throw Challenge($"AKV10042: {findings[0]}");
        _verified.Add(text, verified);
        return verified;
    }

    /// <summary>The configured issuer that the token claims; its signature then decides.</summary>
    private AccessIssuer IssuerOf(CompactJws jws)
    {
        var claimed = jws.UnverifiedClaim("iss");
        return issuers.FirstOrDefault(i => i.Issuer == claimed)
            ?? throw Challenge($"AKV10032: Invalid issuer. Expected one of {string.Join(' ', issuers.Select(i => i.Issuer))}, found {claimed}.");
    }

    private bool AudienceFits(JsonElement claims)
    {
        if (!claims.TryGetProperty("aud", out var audience)) return false;
        return audience.ValueKind switch
        {
            JsonValueKind.String => _audiences.Contains(audience.GetString()!.TrimEnd('/')),
            JsonValueKind.Array => audience.EnumerateArray().Any(a => a.ValueKind == JsonValueKind.String
                && _audiences.Contains(a.GetString()!.TrimEnd('/'))),
            _ => false,
        };
    }

    private static DateTimeOffset? Time(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is >= 0 and <= 253402300799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new MalformedException(Format, name, "is not a time in whole seconds");
    }

    private ServiceException Challenge(string message) => new(401, "Unauthorized", message)
    {
        Headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [HeaderNames.WWWAuthenticate] = $"Bearer authorization=\"{issuers[0].Issuer}\", resource=\"{dialect.Resource}\"",
        },
    };
}
