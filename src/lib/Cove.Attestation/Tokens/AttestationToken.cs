using System.Text.Json;
using Cove.Attestation.Claims;

namespace Cove.Attestation.Tokens;

/// <summary>An attestation token whose signature, issuer and dates hold. Only <see cref="TokenValidator"/> makes one.</summary>
public sealed class AttestationToken
{
    internal AttestationToken(string issuer, DateTimeOffset issuedAt, DateTimeOffset expiresAt, JsonElement claims)
    {
        Issuer = issuer;
        IssuedAt = issuedAt;
        ExpiresAt = expiresAt;
        Claims = claims;
    }

    /// <summary>Who issued it, the <c>iss</c> claim.</summary>
    public string Issuer { get; }

    /// <summary>When it was issued.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>Until when it may be relied on.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>All claims: a JSON object without duplicate members.</summary>
    public JsonElement Claims { get; }

    /// <summary>True when the token says that a simulated processor was attested: nothing was protected by hardware.</summary>
    public bool IsSimulated => Claims.TryGetProperty(ClaimNames.Simulated, out var simulated) && simulated.ValueKind == JsonValueKind.True;
}
