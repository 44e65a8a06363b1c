using Cove.Attestation.Claims;

namespace Cove.Attestation.Maa.Policies;

/// <summary>A claim as a policy sees it.</summary>
/// <param name="Type">Its name.</param>
/// <param name="Value">A string, an integer or a boolean; JSON objects are strings here.</param>
/// <param name="Issuer">Who made it.</param>
/// <param name="ReadOnly">Whether it may be compared but not issued.</param>
internal sealed record PolicyClaim(string Type, ClaimValue Value, string Issuer, bool ReadOnly)
{
    /// <summary>Issuer of what comes from evidence.</summary>
    public const string Service = "AttestationService";

    /// <summary>Issuer of what a policy adds.</summary>
    public const string Policy = "AttestationPolicy";

    public ClaimValue Get(ClaimProperty property) => property switch
    {
        ClaimProperty.Type => Type,
        ClaimProperty.Value => Value,
        ClaimProperty.Issuer => Issuer,
        _ => TypeOf(Value),
    };

    /// <summary>What the language calls a value's type.</summary>
    public static string TypeOf(ClaimValue value) => value switch { ClaimValue.Boolean => "Boolean", ClaimValue.Integer => "Integer", _ => "String" };
}
