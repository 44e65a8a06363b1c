using System.Text;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Tokens;
using Cove.AttestationService.Policies;
using Cove.Hosting.Http;
using Cove.Outcomes;

namespace Cove.AttestationService.Http;

/// <summary>Reading and changing the policies of each attestation type, as Microsoft Azure Attestation's clients do.</summary>
internal sealed class PolicyEndpoints(PolicyStore store, PolicyAdministrators administrators, TokenIssuer tokens)
{
    private static readonly string[] Types = ["SevSnpVm", "SgxEnclave", "OpenEnclave", "TdxVm", "Tpm", "AzureGuest", "VbsEnclave", "CyResComponent"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/policies/{type}", GetAsync);
        routes.MapPut("/policies/{type}", SetAsync);
        // The action is part of the last segment: "/policies/SevSnpVm:reset".
        routes.MapPost("/policies/{type}:reset", ResetAsync);
    }

    private async Task GetAsync(HttpContext context)
    {
        ApiVersions.Require(context.Request);
        var type = TypeOf(context);
        var document = await store.GetAsync(type, context.RequestAborted) ?? throw MaaErrors.InvalidParameter($"no policy is set for {type}, and it has no default");
        await TokenAnswer.WriteAsync(context, tokens.Issue(PolicyStatement.InForce(document)));
    }

    private async Task SetAsync(HttpContext context)
    {
        var (type, document) = await ReadAsync(context);
        if (document.Policy is null) throw MaaErrors.InvalidParameter("the policy document has no policy; to get the default back, reset");
        await store.SetAsync(type, document, context.RequestAborted);
        await TokenAnswer.WriteAsync(context, tokens.Issue(PolicyStatement.Updated(document)));
    }

    private async Task ResetAsync(HttpContext context)
    {
        var (type, document) = await ReadAsync(context);
        if (document.Policy is not null) throw MaaErrors.InvalidParameter("the document to reset by has a policy; to put one into force, set it");
        await store.ResetAsync(type, document, context.RequestAborted);
        await TokenAnswer.WriteAsync(context, tokens.Issue(PolicyStatement.Removed(document)));
    }

    private async Task<(string Type, PolicyDocument Document)> ReadAsync(HttpContext context)
    {
        ApiVersions.Require(context.Request);
        administrators.Require(context.Request);
        var type = TypeOf(context);
        var body = await context.Request.ReadBodyAsync(PolicyDocument.MaximumLength, context.RequestAborted);
        try
        {
            return (type, PolicyDocument.Parse(Encoding.ASCII.GetString(body)));
        }
        catch (MalformedException bad)
        {
            throw bad.Format == MaaPolicy.Format ? MaaErrors.PolicyParsing(bad.Message) : MaaErrors.InvalidOperation(bad.Message);
        }
    }

    private static string TypeOf(HttpContext context)
    {
        var given = (string)context.Request.RouteValues["type"]!;
        return Array.Find(Types, known => known.Equals(given, StringComparison.OrdinalIgnoreCase)) ?? throw MaaErrors.InvalidParameter($"{given} is no attestation type, expected one of {string.Join(", ", Types)}");
    }
}
