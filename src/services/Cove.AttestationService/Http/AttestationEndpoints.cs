using System.Text;
using Cove.Attestation;
using Cove.Attestation.Claims;
using Cove.Attestation.Maa;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Tokens;
using Cove.Attestation.Tokens.Ear;
using Cove.AttestationService.Policies;
using Cove.Hosting.Http;
using Cove.Outcomes;
using Microsoft.Net.Http.Headers;

namespace Cove.AttestationService.Http;

/// <summary>Attestation itself: evidence is verified, appraised by the policy in force for its type, and answered with a token.</summary>
internal sealed class AttestationEndpoints(Attester attester, PolicyStore policies, TokenIssuer tokens, EarIssuer results)
{
    /// <summary>Largest body of a request, in bytes.</summary>
    public const int MaximumSize = AzureGuestRequest.MaximumSize;

    public void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "SevSnpVm", SevSnpVmRequest.MaximumSize, body => Of(SevSnpVmRequest.Parse(body)));
        Map(routes, "SgxEnclave", QuoteRequest.MaximumSize, body => Of(QuoteRequest.ParseSgxEnclave(body)));
        Map(routes, "OpenEnclave", QuoteRequest.MaximumSize, body => Of(QuoteRequest.ParseOpenEnclave(body)));
        Map(routes, "TdxVm", QuoteRequest.MaximumSize, body => Of(QuoteRequest.ParseTdxVm(body)));
        Map(routes, "AzureGuest", AzureGuestRequest.MaximumSize, body => Of(AzureGuestRequest.Parse(body)));
    }

    private static AttestCall Of(SevSnpVmRequest request) => new(request.Evidence, request.Nonce, request.DraftPolicy);

    private static AttestCall Of(QuoteRequest request) => new(request.Evidence, request.Nonce, request.DraftPolicy);

    private static AttestCall Of(AzureGuestRequest request) => new(request.Evidence, null, null) { AnswerTo = request.Evidence.CertifiedKey!.Key.Key };

    // Whether the client asks for an attestation result rather than for MAA's token: the first of both that it accepts counts.
    private static bool WantsResult(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)) return false;
        return accepted.FirstOrDefault(type => type.MediaType.Equals(EarIssuer.MediaType, StringComparison.OrdinalIgnoreCase)
            || type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)) is { } first && first.MediaType.Equals(EarIssuer.MediaType, StringComparison.OrdinalIgnoreCase);
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

    private static Task WriteResultAsync(HttpContext context, string result)
    {
        context.Response.ContentType = EarIssuer.MediaType;
        context.Response.ContentLength = result.Length;
        return context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(result), context.RequestAborted).AsTask();
    }

    private void Map(IEndpointRouteBuilder routes, string type, int maximumSize, Func<byte[], AttestCall> parse) => routes.MapPost($"/attest/{type}", async (HttpContext context) =>
    {
        ApiVersions.Require(context.Request);
        var call = parse(await context.Request.ReadBodyAsync(maximumSize, context.RequestAborted));
        var draft = call.DraftPolicy is { } text ? ParseDraft(text) : null;
        var wantsResult = WantsResult(context.Request);
        if (wantsResult && draft is not null) throw MaaErrors.InvalidParameter("a draft policy is tried with MAA's token; an attestation result is never unsecured");
        // Only the VM can open its token, which proves to it that it was attested now; an attestation result has no such form.
        if (wantsResult && call.AnswerTo is not null) throw MaaErrors.InvalidParameter($"{type} is answered with an encrypted token only");
        var rules = draft ?? await policies.GetAsync(type, context.RequestAborted)
            ?? throw MaaErrors.PolicyEvaluation($"no policy is set for {type}, and it has no default: nothing is attested");
        var claims = await attester.AttestAsync(call.Evidence, rules, context.RequestAborted);
        if (wantsResult)
        {
            await WriteResultAsync(context, results.Issue(claims, call.Nonce));
            return;
        }

        var token = draft is null ? tokens.Issue(claims, call.Nonce) : tokens.ShowUnsecured(claims, call.Nonce);
        await TokenAnswer.WriteAsync(context, call.AnswerTo is { } key ? EncryptedToken.Write(token, key) : token);
    });
}
