using Cove.Attestation.Dcap;

namespace Cove.Attestation;

/// <summary>A genuine quote: signed by a platform under a trusted root, with collateral of the time it was verified for.</summary>
public abstract record VerifiedQuoteEvidence : VerifiedEvidence
{
    private protected VerifiedQuoteEvidence(bool simulated) => IsSimulated = simulated;

    /// <summary>The quote; header and body are covered by the verified signature.</summary>
    public required Quote Quote { get; init; }

    /// <summary>The certificate of the platform's provisioning certification key.</summary>
    public required PckCertificate Pck { get; init; }

    /// <summary>How up to date the platform is, by the collateral.</summary>
    public required TcbEvaluation Tcb { get; init; }

    /// <summary>The collateral it was verified with.</summary>
    public required DcapCollateral Collateral { get; init; }

    private protected bool IsUpToDate => Tcb.Status == TcbStatus.UpToDate;

    /// <inheritdoc/>
    public sealed override bool IsSimulated { get; }
}
