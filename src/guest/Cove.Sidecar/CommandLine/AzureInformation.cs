using System.Text.Json;
using Cove.Sidecar.GoText;

namespace Cove.Sidecar.CommandLine;

/// <summary>The settings that arrive as base64 of JSON in <c>SkrSideCarArgs</c>. Everything in it is optional.</summary>
internal sealed record AzureInformation
{
    /// <summary>Where to get the platform's certificates when those at hand are of another TCB.</summary>
    public CertificateCacheSettings CertificateCache { get; init; } = new();

    /// <summary>The client id of a user-assigned managed identity; empty for the only one there is.</summary>
    public string IdentityClientId { get; init; } = string.Empty;

    /// <summary>The User-Agent towards the attestation service; empty for our own.</summary>
    public string UserAgent { get; init; } = string.Empty;

    /// <summary>Reads <c>SkrSideCarArgs</c>; empty means that nothing is set.</summary>
    /// <exception cref="SkrFailureException">Not base64, or not JSON of this shape.</exception>
    public static AzureInformation Parse(string base64)
    {
        if (base64.Length == 0) return new AzureInformation();
        byte[] json;
        try
        {
            json = GoBase64.Decode(base64);
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("Failed to decode base64 attestation info", e);
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or SkrFailureException)
        {
            throw new SkrFailureException("Failed to unmarshal attestion info json into AzureInformation", e);
        }
    }

    /// <summary>The settings of an object; all absent where there is none.</summary>
    internal static AzureInformation Read(JsonElement root)
    {
        var cache = root.Member("certcache");
        return new AzureInformation
        {
            CertificateCache = new CertificateCacheSettings
            {
                EndpointType = cache.Text("endpoint_type"),
                Endpoint = cache.Text("endpoint"),
                TeeType = cache.Text("tee_type"),
                ApiVersion = cache.Text("api_version"),
                ClientId = cache.Text("client_id"),
            },
            IdentityClientId = root.Member("identity").Text("client_id"),
            UserAgent = root.Member("maaconfig").Text("user_agent"),
        };
    }
}
