using Cove.Attestation.Claims;
using Cove.Attestation.Tdx;
using Cove.Attestation.Tokens.Ear;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>A genuine quote about a TDX trust domain.</summary>
public sealed record VerifiedTdxEvidence : VerifiedQuoteEvidence
{
    internal VerifiedTdxEvidence(bool simulated)
        : base(simulated)
    {
    }

    /// <summary>The trust domain's report.</summary>
    public TdReportBody Report => Quote.Td!;

    internal override Verdict<ClaimSet> AppraiseBy(AppraisalPolicy policy) => policy.Decide(this, "TDX", policy.Tdx?.Appraise(this), () => TdxClaims.Of(this));

    internal override EarAppraisal ToAttestationResult() => EarAppraisal.Of(this, "tdx", exposed: Report.Attributes.Debug, known: false, IsUpToDate, EarEvidence.Of(this));
}
