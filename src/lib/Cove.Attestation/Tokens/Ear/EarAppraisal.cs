using Cove.Attestation.Claims;

namespace Cove.Attestation.Tokens.Ear;

/// <summary>An appraisal as an EAT Attestation Result tells it: how far to trust, and the evidence that was appraised.</summary>
/// <param name="Kind">Which kind of TEE, the name of the evidence.</param>
/// <param name="Vector">How far to trust which aspect.</param>
/// <param name="Evidence">The claims of the evidence, by the names that attestation services of Confidential Containers use.</param>
internal sealed record EarAppraisal(string Kind, TrustworthinessVector Vector, IReadOnlyDictionary<string, ClaimValue> Evidence)
{
    /// <summary>Of evidence that was found acceptable.</summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="kind">The name of its kind of TEE.</param>
    /// <param name="exposed">Whether others can look in.</param>
    /// <param name="known">Whether somebody who is accepted endorsed what was loaded.</param>
    /// <param name="upToDate">Whether the platform lacks nothing that is known.</param>
    /// <param name="facts">What the evidence says.</param>
    public static EarAppraisal Of(VerifiedEvidence evidence, string kind, bool exposed, bool known, bool upToDate, IReadOnlyDictionary<string, ClaimValue> facts) =>
        new(kind, Vectored(evidence, exposed, known, upToDate), facts);

    private static TrustworthinessVector Vectored(VerifiedEvidence evidence, bool exposed, bool known, bool upToDate) => new()
    {
        Configuration = exposed ? TrustworthinessVector.ExposedConfiguration : TrustworthinessVector.Safe,
        // Known by the endorsement of an image; reference values of its own an attestation service has not.
        Executables = known ? TrustworthinessVector.Safe : TrustworthinessVector.UnrecognizedExecutables,
        Hardware = evidence.IsSimulated ? TrustworthinessVector.UnrecognizedHardware : upToDate ? TrustworthinessVector.Genuine : TrustworthinessVector.Weak,
    };
}
