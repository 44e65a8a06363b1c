using Cove.Attestation;
using Cove.Formats.Jose;

namespace Cove.AttestationService.Http;

/// <summary>What a request to attest asks, whatever kind of evidence it brings.</summary>
/// <param name="Evidence">The evidence.</param>
/// <param name="Nonce">To be repeated in the token.</param>
/// <param name="DraftPolicy">To be tried instead of the policy in force.</param>
internal sealed record AttestCall(Evidence Evidence, string? Nonce, string? DraftPolicy)
{
    /// <summary>The key to which the answer is encrypted; null where it is not.</summary>
    public RsaJwk? AnswerTo { get; init; }
}
