using Cove.Attestation.Claims;

namespace Cove.Attestation.Maa.Policies;

/// <summary>What a policy makes of the claims of evidence that it permits.</summary>
/// <param name="Claims">Those claims with its own and its hash.</param>
/// <param name="Lifetime">How long a token of them is to be valid; null where it does not say.</param>
/// <param name="TcbBaseline">How recent the judgement of an SGX platform must be (x-ms-sgx-tcbidentifier, Intel's TCB evaluation data number); null where it does not say.</param>
internal sealed record PolicyOutcome(IReadOnlyDictionary<string, ClaimValue> Claims, TimeSpan? Lifetime, int? TcbBaseline);
