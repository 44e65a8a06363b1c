using Cove.Attestation;
using Cove.Attestation.Claims;
using Cove.Attestation.Maa.Policies;
using Cove.AttestationService.Collaterals;
using Cove.AttestationService.Http;
using Cove.Hosting.Errors;

namespace Cove.AttestationService;

/// <summary>The way from evidence to claims: collateral, verification, appraisal.</summary>
internal sealed class Attester(EvidenceVerifier verifier, AppraisalPolicy appraisal, CollateralSource collateral, TimeProvider clock)
{
    /// <summary>Attests evidence under the rules of a policy.</summary>
    /// <exception cref="ServiceException">It is not genuine, or not acceptable.</exception>
    public async Task<ClaimSet> AttestAsync(Evidence evidence, PolicyDocument rules, CancellationToken cancellation)
    {
        var found = await collateral.FindAsync(evidence, cancellation);
        if (!verifier.Verify(evidence, found, clock.GetUtcNow()).IsAccepted(out var verified, out var findings)) throw MaaErrors.NotGenuine(findings);
        if (!(appraisal with { ClaimRules = rules }).Appraise(verified).IsAccepted(out var claims, out findings)) throw MaaErrors.NotAcceptable(findings);
        return claims;
    }
}
