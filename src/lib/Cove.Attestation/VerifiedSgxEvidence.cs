using Cove.Attestation.Claims;
using Cove.Attestation.Sgx;
using Cove.Attestation.Tokens.Ear;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>A genuine quote about an SGX enclave.</summary>
public sealed record VerifiedSgxEvidence : VerifiedQuoteEvidence
{
    internal VerifiedSgxEvidence(bool simulated)
        : base(simulated)
    {
    }

    /// <summary>The enclave's report.</summary>
    public SgxReportBody Report => Quote.Sgx!;

    internal override Verdict<ClaimSet> AppraiseBy(AppraisalPolicy policy) => policy.Decide(this, "SGX", policy.Sgx?.Appraise(this), () => SgxClaims.Of(this));

    internal override EarAppraisal ToAttestationResult() => EarAppraisal.Of(this, "sgx", exposed: Report.Attributes.Debug, known: false, IsUpToDate, EarEvidence.Of(this));
}
