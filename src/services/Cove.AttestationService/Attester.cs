using Cove.Attestation;
using Cove.Attestation.Claims;
using Cove.Attestation.Maa.Policies;
using Cove.AttestationService.Collaterals;
using Cove.AttestationService.Http;
using Cove.Hosting.Errors;

namespace Cove.AttestationService;

/// <summary>The way from evidence to claims: collateral, verification, appraisal.</summary>
internal sealed class Attester(EvidenceVerifier verifier, AppraisalPolicy appraisal, CollateralSource source, TimeProvider clock)
{
    /// <summary>Attests evidence under the rules of a policy.</summary>
    /// <exception cref="ServiceException">It is not genuine, or not acceptable.</exception>
    public async Task<ClaimSet> AttestAsync(Evidence evidence, PolicyDocument rules, CancellationToken cancellation)
    {
        if (!(appraisal with { ClaimRules = rules }).Appraise(await VerifyAsync(evidence, cancellation)).IsAccepted(out var claims, out var findings)) throw MaaErrors.NotAcceptable(findings);
        return claims;
    }

    private async Task<VerifiedEvidence> VerifyAsync(Evidence evidence, CancellationToken cancellation)
    {
        if (verifier.Verify(evidence, source.Find(evidence), clock.GetUtcNow()).IsAccepted(out var verified, out var findings)) return verified;
        if (await source.FetchAsync(evidence, findings, cancellation) is { } fetched && verifier.Verify(evidence, fetched, clock.GetUtcNow()).IsAccepted(out verified, out findings)) return verified;
        throw MaaErrors.NotGenuine(findings);
    }
}
