using Cove.Attestation.Azure;
using Cove.Attestation.Dcap;
using Cove.Attestation.Snp;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>
/// Decides whether evidence is genuine: made by a processor under a trusted root, unaltered, and bound to the data that came with
/// it. Chains that were verified once are remembered (their dates are checked every time), so one verifier serves a whole process;
/// it is safe for concurrent use.
/// </summary>
/// <param name="anchors">Whom to trust.</param>
public sealed class EvidenceVerifier(TrustAnchors anchors)
{
    private readonly SnpEvidenceVerifier _snp = new(anchors);
    private readonly QuoteEvidenceVerifier _quotes = new(anchors.Dcap);

    /// <summary>A verifier that trusts the vendors' own roots, and nothing else.</summary>
    public EvidenceVerifier()
        : this(TrustAnchors.Vendors)
    {
    }

    /// <summary>Verifies evidence as of a given instant. Nothing is fetched and no machine store is read.</summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="collateral">Certificates and the like that the evidence did not bring.</param>
    /// <param name="time">The instant for which certificates must be valid.</param>
    /// <returns>The verified evidence, or every reason why it is not genuine.</returns>
    /// <exception cref="MalformedException">A report or certificate has not the layout it must have.</exception>
    public Verdict<VerifiedEvidence> Verify(Evidence evidence, Collateral collateral, DateTimeOffset time) => evidence switch
    {
        SnpEvidence snp => _snp.Verify(snp, collateral, time),
        QuoteEvidence quote => _quotes.Verify(quote, collateral, time),
        AzureGuestEvidence guest => new AzureGuestVerifier(Verify).Verify(guest, collateral, time),
        _ => throw new ArgumentException($"no verifier for {evidence.GetType().Name}", nameof(evidence)),
    };
}
