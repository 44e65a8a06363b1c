using System.Text;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Tokens;
using Cove.AttestationService.Policies;
using Cove.Hosting.Http;
using Cove.Outcomes;

namespace Cove.AttestationService.Http;

/// <summary>The certificates whose keys may sign policies, as Microsoft Azure Attestation's clients read and change them.</summary>
internal sealed class CertificateEndpoints(PolicyCertificates certificates, PolicyAdministrators administrators, TokenIssuer tokens)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/certificates", ListAsync);
        routes.MapPost("/certificates:add", AddAsync);
        routes.MapPost("/certificates:remove", RemoveAsync);
    }

    private async Task ListAsync(HttpContext context)
    {
        ApiVersions.Require(context.Request);
        await TokenAnswer.WriteAsync(context, tokens.Issue(PolicyStatement.Certificates(await certificates.ListAsync(context.RequestAborted))));
    }

    private async Task AddAsync(HttpContext context)
    {
        var change = await ReadAsync(context);
        await certificates.AddAsync(change, context.RequestAborted);
        await TokenAnswer.WriteAsync(context, tokens.Issue(PolicyStatement.CertificateChanged(change.Certificate, isPresent: true)));
    }

    private async Task RemoveAsync(HttpContext context)
    {
        var change = await ReadAsync(context);
        await certificates.RemoveAsync(change, context.RequestAborted);
        await TokenAnswer.WriteAsync(context, tokens.Issue(PolicyStatement.CertificateChanged(change.Certificate, isPresent: false)));
    }

    private async Task<PolicyCertificateChange> ReadAsync(HttpContext context)
    {
        ApiVersions.Require(context.Request);
        administrators.Require(context.Request);
        var body = await context.Request.ReadBodyAsync(PolicyCertificateChange.MaximumLength, context.RequestAborted);
        try
        {
            return PolicyCertificateChange.Parse(Encoding.ASCII.GetString(body));
        }
        catch (MalformedException bad)
        {
            throw MaaErrors.InvalidOperation(bad.Message);
        }
    }
}
