using Cove.Cli.Shell;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Cli.Commands.Token;

/// <summary>The signing keys of an attestation service, from its OpenID metadata.</summary>
internal static class AuthorityKeys
{
    private const string MetadataPath = "/.well-known/openid-configuration";
    private const int MaximumMetadata = 64 * 1024;

    /// <summary>Fetches them. The client is disposed.</summary>
    /// <exception cref="CommandFailedException">The service does not answer.</exception>
    /// <exception cref="MalformedException">What it answers is no metadata or key set, or leads to another host.</exception>
    public static async Task<Jwks> Fetch(HttpClient http, Uri authority, CancellationToken cancellation)
    {
        using (http)
        {
            http.MaxResponseContentBufferSize = Jwks.MaximumJsonLength;
            using var metadata = StrictJson.ParseObject(await Get(http, new Uri(authority, MetadataPath), cancellation), "OpenID metadata", MaximumMetadata);
            var keys = StrictJson.RequiredString(metadata.RootElement, "jwks_uri", "OpenID metadata");
            if (!Uri.TryCreate(keys, UriKind.Absolute, out var at) || at.Scheme != authority.Scheme || at.Authority != authority.Authority)
                throw new MalformedException("OpenID metadata", "jwks_uri", $"is {keys}, expected a URL of {authority.Authority}");
            return Jwks.Parse(await Get(http, at, cancellation));
        }
    }

    private static async Task<byte[]> Get(HttpClient http, Uri at, CancellationToken cancellation)
    {
        try
        {
            return await http.GetByteArrayAsync(at, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw CommandFailedException.Unavailable("authority-unavailable", $"the attestation service does not answer, {at}: {e.Message}", "cove dev status");
        }
    }
}
