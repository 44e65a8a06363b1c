using Cove.Hosting.Http;

namespace Cove.AttestationService.Http;

/// <summary>What a relying party needs to check tokens: the service's keys and its metadata, for everybody.</summary>
internal sealed class MetadataEndpoints(string issuer, Func<ReadOnlyMemory<byte>> keys)
{
    private readonly byte[] _metadata = OpenIdMetadata.Write(issuer);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/certs", context => context.Response.WriteJsonAsync(StatusCodes.Status200OK, keys(), context.RequestAborted));
        routes.MapGet("/.well-known/openid-configuration", context => context.Response.WriteJsonAsync(StatusCodes.Status200OK, _metadata, context.RequestAborted));
    }
}
