using System.Text.Json;
using Cove.Attestation;
using Cove.Attestation.Claims;
using Cove.Attestation.Maa;
using Cove.Attestation.Tokens;
using Cove.Formats.Jose;
using Cove.Hosting.Http;

namespace Cove.AttestationService.Http;

/// <summary>The REST surface of Microsoft Azure Attestation that this service has.</summary>
internal sealed class AttestationEndpoints(Uri issuer, EvidenceVerifier verifier, AppraisalPolicy policy, TokenIssuer tokens, Jwks keys, TimeProvider clock)
{
    private readonly byte[] _keys = keys.ToJson();
    private readonly byte[] _metadata = OpenIdMetadata.Write(issuer.AbsoluteUri.TrimEnd('/'));

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/attest/SevSnpVm", AttestSevSnpVmAsync);
        routes.MapGet("/certs", context => context.Response.WriteJsonAsync(StatusCodes.Status200OK, _keys, context.RequestAborted));
        routes.MapGet("/.well-known/openid-configuration", context => context.Response.WriteJsonAsync(StatusCodes.Status200OK, _metadata, context.RequestAborted));
    }

    private async Task AttestSevSnpVmAsync(HttpContext context)
    {
        ApiVersions.Require(context.Request);
        var body = await context.Request.ReadBodyAsync(SevSnpVmRequest.MaximumSize, context.RequestAborted);
        var request = SevSnpVmRequest.Parse(body);
        if (request.DraftPolicy is not null) throw MaaErrors.InvalidParameter("draftPolicyForAttestation is not supported by this service");
        if (!verifier.Verify(request.Evidence, Collateral.None, clock.GetUtcNow()).IsAccepted(out var verified, out var findings)) throw MaaErrors.NotGenuine(findings);
        if (!policy.Appraise(verified).IsAccepted(out var claims, out findings)) throw MaaErrors.NotAcceptable(findings);
        await AnswerAsync(context, claims, request.Nonce);
    }

    private Task AnswerAsync(HttpContext context, ClaimSet claims, string? nonce)
    {
        var answer = new Dictionary<string, string>(StringComparer.Ordinal) { ["token"] = tokens.Issue(claims, nonce) };
        return context.Response.WriteJsonAsync(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(answer), context.RequestAborted);
    }
}
