using Cove.Attestation;
using Cove.Attestation.Maa;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Tokens;
using Cove.AttestationService.Policies;
using Cove.Formats.Jose;
using Cove.Hosting.Http;
using Cove.Outcomes;

namespace Cove.AttestationService.Http;

/// <summary>Attestation itself, and what a relying party needs to check its tokens.</summary>
internal sealed class AttestationEndpoints(string issuer, EvidenceVerifier verifier, PolicyStore policies, TokenIssuer tokens, Func<ReadOnlyMemory<byte>> keys, TimeProvider clock)
{
    private const string SevSnpVm = "SevSnpVm";
    private readonly byte[] _metadata = OpenIdMetadata.Write(issuer);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/attest/SevSnpVm", AttestSevSnpVmAsync);
        routes.MapGet("/certs", context => context.Response.WriteJsonAsync(StatusCodes.Status200OK, keys(), context.RequestAborted));
        routes.MapGet("/.well-known/openid-configuration", context => context.Response.WriteJsonAsync(StatusCodes.Status200OK, _metadata, context.RequestAborted));
    }

    private async Task AttestSevSnpVmAsync(HttpContext context)
    {
        ApiVersions.Require(context.Request);
        var body = await context.Request.ReadBodyAsync(SevSnpVmRequest.MaximumSize, context.RequestAborted);
        var request = SevSnpVmRequest.Parse(body);
        if (!verifier.Verify(request.Evidence, Collateral.None, clock.GetUtcNow()).IsAccepted(out var verified, out var findings)) throw MaaErrors.NotGenuine(findings);
        var rules = request.DraftPolicy is { } draft ? ParseDraft(draft) : await policies.GetAsync(SevSnpVm, context.RequestAborted);
        if (!(AppraisalPolicy.GenuineGuests with { ClaimRules = rules }).Appraise(verified).IsAccepted(out var claims, out findings)) throw MaaErrors.NotAcceptable(findings);
        await TokenAnswer.WriteAsync(context, request.DraftPolicy is null ? tokens.Issue(claims, request.Nonce) : tokens.ShowUnsecured(claims, request.Nonce));
    }

    // A draft is the policy's text, or a document as it would be uploaded.
    private static PolicyDocument ParseDraft(string draft)
    {
        try
        {
            var document = draft.StartsWith("eyJ", StringComparison.Ordinal) ? PolicyDocument.Parse(draft) : PolicyDocument.Of(MaaPolicy.Parse(draft));
            return document.Policy is not null ? document : throw MaaErrors.PolicyParsing("the draft has no policy");
        }
        catch (MalformedException bad)
        {
            throw MaaErrors.PolicyParsing(bad.Message);
        }
    }
}
