using System.Text.Json;
using Cove.Attestation.Azure;
using Cove.Attestation.Claims;
using Cove.Attestation.Tokens.Ear;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>Genuine evidence of an Azure confidential VM: the hardware vouches for the TPM's key, and that key for the PCRs.</summary>
public sealed record VerifiedAzureGuestEvidence : VerifiedEvidence
{
    internal VerifiedAzureGuestEvidence()
    {
    }

    /// <summary>The hardware's evidence, verified in itself.</summary>
    public required VerifiedEvidence Hardware { get; init; }

    /// <summary>The paravisor's report; its claims are covered by the hardware's report data.</summary>
    public required HclReport Report { get; init; }

    /// <summary>The nonce in the quote: what makes it fresh, if the relying party chose it.</summary>
    public required ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>The PCRs (SHA-256) that the quote covers, by number in ascending order.</summary>
    public required IReadOnlyDictionary<int, ReadOnlyMemory<byte>> Pcrs { get; init; }

    /// <summary>A key of which the TPM says that it is in it; null where none was given.</summary>
    public RsaJwk? CertifiedKey { get; init; }

    /// <summary>What the client wants to find in its token, unproven; null where it gave nothing.</summary>
    public JsonElement? ClientPayload { get; init; }

    /// <inheritdoc/>
    public override bool IsSimulated => Hardware.IsSimulated;

    // A VM is what its hardware is, and more: both parts must be acceptable, and the rules see the claims of both.
    internal override Verdict<ClaimSet> AppraiseBy(AppraisalPolicy policy)
    {
        var findings = policy.AzureGuest?.Appraise(this);
        (policy with { ClaimRules = null }).Appraise(Hardware).IsAccepted(out var hardware, out var refused);
        findings?.AddRange(refused);
        return policy.Decide(this, "Azure VM", findings, () => AzureGuestClaims.Of(this, hardware!.Claims));
    }

    // A VM is as trustworthy as its hardware, whose evidence is the one that names are agreed for.
    internal override EarAppraisal ToAttestationResult() => Hardware.ToAttestationResult();
}
