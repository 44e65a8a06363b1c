using Cove.Attestation.Claims;
using Cove.Attestation.Snp;
using Cove.Attestation.Tokens.Ear;
using Cove.Attestation.Uvm;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>A genuine SEV-SNP report, with the certificate that signed it.</summary>
public sealed record VerifiedSnpEvidence : VerifiedEvidence
{
    internal VerifiedSnpEvidence()
    {
    }

    /// <summary>The report; every field is covered by the verified signature.</summary>
    public required SnpReport Report { get; init; }

    /// <summary>The processor generation, as its certificates say.</summary>
    public required SnpProduct Product { get; init; }

    /// <summary>The certificate of the key that signed the report.</summary>
    public required EndorsementKeyCertificate EndorsementKey { get; init; }

    /// <summary>The TCB for which the endorsement key was derived (REPORTED_TCB), equal to the certificate's.</summary>
    public required TcbVersion ReportedTcb { get; init; }

    /// <summary>Whether a revocation list of the root was at hand, held at the time of verification, and listed none of the certificates.</summary>
    public bool RevocationChecked { get; init; }

    /// <summary>The endorsement of the guest's image; null where none came with the evidence or none is accepted.</summary>
    public VerifiedUvmEndorsement? UvmEndorsement { get; init; }

    /// <summary>Why the endorsements that came with the evidence are not accepted; empty where there were none or one is.</summary>
    public IReadOnlyList<Finding> UvmFindings { get; init; } = [];

    /// <inheritdoc/>
    public override bool IsSimulated => Product == SnpProduct.Simulated;

    internal override Verdict<ClaimSet> AppraiseBy(AppraisalPolicy policy) => policy.Decide(this, "SEV-SNP", policy.Snp?.Appraise(this), () => SnpClaims.Of(this));

    internal override EarAppraisal ToAttestationResult() => EarAppraisal.Of(
        this, "snp", exposed: Report.Policy.DebugAllowed || Report.Policy.MigrationAgentAllowed, known: UvmEndorsement is not null, upToDate: true, EarEvidence.Of(this));
}
