using System.Text.Json;
using Cove.AttestationService.Http;
using Cove.Formats.Jose;
using Cove.Hosting.Errors;
using Cove.Outcomes;

namespace Cove.AttestationService.Policies;

/// <summary>An issuer of access tokens that this service was told to believe, and its public keys.</summary>
internal sealed record AccessIssuer(string Issuer, Jwks Keys);

/// <summary>
/// Who may change policies: bearers of an access token of a configured issuer, for this service, with the role
/// <see cref="Role"/>. Nobody where no issuer is configured.
/// </summary>
internal sealed class PolicyAdministrators(IReadOnlyList<AccessIssuer> issuers, string service, TimeProvider clock)
{
    /// <summary>The role that allows it.</summary>
    public const string Role = "policy-administrator";

    private const string Format = "access token";
    private const string Scheme = "Bearer ";
    private const string AzureAudience = "https://attest.azure.net";
    private const int MaximumLength = 16 * 1024;
    private const int MaximumRoles = 64;
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>Requires that the request is by one of them.</summary>
    /// <exception cref="ServiceException">401 without a token that holds, 403 without the role.</exception>
    public void Require(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) throw Unauthorized("an access token is required to change policies");
        try
        {
            Validate(header[Scheme.Length..].Trim());
        }
        catch (MalformedException bad)
        {
            throw Unauthorized($"the access token cannot be read: {bad.Message}");
        }
    }

    private void Validate(string text)
    {
        if (text.Length > MaximumLength) throw new MalformedException(Format, "text", $"is longer than {MaximumLength} characters");
        var jws = CompactJws.Parse(text);
        var issuer = issuers.FirstOrDefault(known => jws.Header.KeyId is { } id && known.Keys.Find(id) is not null) ?? throw Unauthorized("no configured issuer has the access token's key");
        if (!jws.Verify(issuer.Keys.Find(jws.Header.KeyId!)!).IsAccepted(out var verified, out var findings)) throw Unauthorized($"the access token does not hold: {findings[0]}");
        using var document = StrictJson.ParseObject(verified.Payload, Format, MaximumLength);
        var claims = document.RootElement;
        if (StrictJson.RequiredString(claims, "iss", Format) != issuer.Issuer) throw Unauthorized("the access token names another issuer than its key's");
        var now = clock.GetUtcNow();
        if (Time(claims, "exp") is not { } expires || now >= expires + Skew) throw Unauthorized("the access token is expired or has no exp");
        if (Time(claims, "nbf") is { } notBefore && notBefore - Skew > now) throw Unauthorized("the access token is not valid yet");
        if (StrictJson.RequiredString(claims, "aud", Format).TrimEnd('/') is var audience && audience != service && audience != AzureAudience)
            throw Unauthorized($"the access token is for {audience}, expected {service} or {AzureAudience}");
        if (StrictJson.OptionalStrings(claims, "roles", Format, MaximumRoles) is not { } roles || !roles.Contains(Role, StringComparer.Ordinal))
            throw new ServiceException(StatusCodes.Status403Forbidden, "Forbidden", $"the role {Role} is required to change policies");
    }

    private static DateTimeOffset? Time(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is >= 0 and <= 253402300799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw new MalformedException(Format, name, "is not a time in whole seconds");
    }

    private static ServiceException Unauthorized(string message) => MaaErrors.Unauthorized(message);
}
