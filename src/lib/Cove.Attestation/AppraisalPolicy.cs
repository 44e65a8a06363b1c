using Cove.Attestation.Claims;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Snp;
using Cove.Attestation.Tokens;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>
/// What a relying party accepts. A part that is absent rejects: an empty policy accepts nothing, and evidence of a TEE for which
/// there is no part is refused however genuine it is.
/// </summary>
public sealed record AppraisalPolicy
{
    /// <summary>
    /// Accepts every genuine guest that the host cannot look into: no debugging, no migration, most privileged level. What the guest
    /// is, is left to whoever reads the claims; this is how an attestation service appraises.
    /// </summary>
    public static AppraisalPolicy GenuineGuests { get; } = new()
    {
        Snp = new SnpAppraisalPolicy
        {
            PermittedVmpls = [0],
            Measurement = ReferenceValues.Any,
            HostData = ReferenceValues.Any,
            ReportData = ReferenceValues.Any,
            IdKeyDigest = ReferenceValues.Any,
            AuthorKeyDigest = ReferenceValues.Any,
        },
    };

    /// <summary>What is accepted of SEV-SNP guests; null accepts none.</summary>
    public SnpAppraisalPolicy? Snp { get; init; }

    /// <summary>Rules over the claims, in MAA's language, as their owner gave them; null for none. They can only narrow what the rest of the policy accepts.</summary>
    public PolicyDocument? ClaimRules { get; init; }

    /// <summary>Appraises verified evidence.</summary>
    /// <returns>The claims it supports, or every reason why it is not acceptable.</returns>
    public Verdict<ClaimSet> Appraise(VerifiedEvidence evidence)
    {
        switch (evidence)
        {
            case VerifiedSnpEvidence snp when Snp is not null:
                var findings = Snp.Appraise(snp);
                if (findings.Count > 0) return findings;
                var claims = SnpClaims.Of(snp);
                if (ClaimRules is not { Policy: { } rules }) return new ClaimSet(claims);
                if (ClaimRules.Signer is { } signer) claims[ClaimNames.PolicySigner] = PolicyStatement.SignerClaim(signer);
                return rules.Evaluate(claims);
            case VerifiedSnpEvidence:
                return new Finding("policy-absent", "SEV-SNP", "a policy for this kind of evidence", "none");
            default:
                throw new ArgumentException($"no appraisal of {evidence.GetType().Name}", nameof(evidence));
        }
    }
}
