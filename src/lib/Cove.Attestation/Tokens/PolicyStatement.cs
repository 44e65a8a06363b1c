using System.Text.Json;
using Cove.Attestation.Claims;
using Cove.Attestation.Maa.Policies;
using Cove.Formats.Jose;

namespace Cove.Attestation.Tokens;

/// <summary>What a service states about its policies, for <see cref="TokenIssuer"/> to sign. It says nothing about any attester.</summary>
public sealed class PolicyStatement
{
    private PolicyStatement(IReadOnlyDictionary<string, ClaimValue> claims) => Claims = claims;

    internal IReadOnlyDictionary<string, ClaimValue> Claims { get; }

    /// <summary>This policy is in force.</summary>
    public static PolicyStatement InForce(PolicyDocument document) => new(new Dictionary<string, ClaimValue>(StringComparer.Ordinal) { ["x-ms-policy"] = document.Text });

    /// <summary>This policy was put into force.</summary>
    public static PolicyStatement Updated(PolicyDocument document) => Changed("Updated", document);

    /// <summary>By this document the policy was put back to the default.</summary>
    public static PolicyStatement Removed(PolicyDocument document) => Changed("Removed", document);

    private static PolicyStatement Changed(string result, PolicyDocument document)
    {
        Dictionary<string, ClaimValue> claims = new(StringComparer.Ordinal)
        {
            ["x-ms-policy-result"] = result,
            ["x-ms-policy-token-hash"] = document.Hash,
        };
        if (document.Signer is { } signer) claims[ClaimNames.PolicySigner] = SignerClaim(signer);
        return new PolicyStatement(claims);
    }

    internal static ClaimValue SignerClaim(RsaJwk signer)
    {
        using var document = JsonDocument.Parse($$"""{"jwk":{{System.Text.Encoding.UTF8.GetString(signer.ToJson(includePrivate: false))}}}""");
        return document.RootElement.Clone();
    }
}
