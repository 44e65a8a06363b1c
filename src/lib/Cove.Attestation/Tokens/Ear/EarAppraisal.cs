using Cove.Attestation.Claims;
using Cove.Attestation.Dcap;

namespace Cove.Attestation.Tokens.Ear;

/// <summary>An appraisal as an EAT Attestation Result tells it: how far to trust, and the evidence that was appraised.</summary>
/// <param name="Kind">Which kind of TEE, the name of the evidence.</param>
/// <param name="Vector">How far to trust which aspect.</param>
/// <param name="Evidence">The claims of the evidence, by the names that attestation services of Confidential Containers use.</param>
internal sealed record EarAppraisal(string Kind, TrustworthinessVector Vector, IReadOnlyDictionary<string, ClaimValue> Evidence)
{
    /// <summary>Of evidence that was found acceptable.</summary>
    public static EarAppraisal Of(VerifiedEvidence evidence) => evidence switch
    {
        VerifiedSnpEvidence snp => new("snp", Vectored(snp, exposed: snp.Report.Policy.DebugAllowed || snp.Report.Policy.MigrationAgentAllowed, known: snp.UvmEndorsement is not null, upToDate: true), EarEvidence.Of(snp)),
        VerifiedSgxEvidence sgx => new("sgx", Vectored(sgx, exposed: sgx.Report.Attributes.Debug, known: false, IsUpToDate(sgx)), EarEvidence.Of(sgx)),
        VerifiedTdxEvidence tdx => new("tdx", Vectored(tdx, exposed: tdx.Report.Attributes.Debug, known: false, IsUpToDate(tdx)), EarEvidence.Of(tdx)),
        // A VM is as trustworthy as its hardware, whose evidence is the one that names are agreed for.
        VerifiedAzureGuestEvidence guest => Of(guest.Hardware),
        _ => throw new ArgumentException($"no attestation result of {evidence.GetType().Name}", nameof(evidence)),
    };

    private static bool IsUpToDate(VerifiedQuoteEvidence evidence) => evidence.Tcb.Status == TcbStatus.UpToDate;

    private static TrustworthinessVector Vectored(VerifiedEvidence evidence, bool exposed, bool known, bool upToDate) => new()
    {
        Configuration = exposed ? TrustworthinessVector.ExposedConfiguration : TrustworthinessVector.Safe,
        // Known by the endorsement of an image; reference values of its own an attestation service has not.
        Executables = known ? TrustworthinessVector.Safe : TrustworthinessVector.UnrecognizedExecutables,
        Hardware = evidence.IsSimulated ? TrustworthinessVector.UnrecognizedHardware : upToDate ? TrustworthinessVector.Genuine : TrustworthinessVector.Weak,
    };
}
