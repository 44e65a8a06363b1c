using Cove.Attestation.Snp;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>Evidence of an AMD SEV-SNP guest.</summary>
/// <param name="Report">The ATTESTATION_REPORT (SEV-SNP ABI 7.3), 1184 bytes.</param>
/// <param name="Certificates">The certificates that came with it, in any order: VCEK or VLEK, ASK or ASVK, ARK. May be empty when the collateral has them.</param>
public sealed record SnpEvidence(ReadOnlyMemory<byte> Report, IReadOnlyList<Certificate> Certificates) : Evidence
{
    /// <summary>UVM endorsements (COSE_Sign1) of the guest image, as received; empty where there are none.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> UvmEndorsements { get; init; } = [];

    internal override Verdict<VerifiedEvidence> VerifyBy(EvidenceVerifier verifier, Collateral collateral, DateTimeOffset time) =>
        verifier.Of(anchors => new SnpEvidenceVerifier(anchors)).Verify(this, collateral, time);
}
