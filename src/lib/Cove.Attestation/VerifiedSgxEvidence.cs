using Cove.Attestation.Sgx;

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
}
