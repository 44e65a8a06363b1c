using Cove.Attestation.Tdx;

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
}
