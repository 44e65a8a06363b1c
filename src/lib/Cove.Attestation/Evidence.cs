using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>
/// What an attester says about itself, as received: nothing in it may be relied on before <see cref="EvidenceVerifier"/> has
/// verified it. One derived type for each kind of TEE.
/// </summary>
public abstract record Evidence
{
    private protected Evidence()
    {
    }

    /// <summary>Data that the attester bound into its evidence through REPORT_DATA; null where there is none.</summary>
    public RuntimeData? RuntimeData { get; init; }

    /// <summary>Data that was bound into the evidence at launch (SNP: HOST_DATA; SGX: CONFIGID; TDX: MRCONFIGID); null where there is none.</summary>
    public RuntimeData? InitTimeData { get; init; }

    /// <summary>Has this kind's own verifier decide; <see cref="EvidenceVerifier.Of"/> keeps it.</summary>
    internal abstract Verdict<VerifiedEvidence> VerifyBy(EvidenceVerifier verifier, Collateral collateral, DateTimeOffset time);
}
