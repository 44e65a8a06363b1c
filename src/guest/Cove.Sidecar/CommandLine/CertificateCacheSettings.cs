namespace Cove.Sidecar.CommandLine;

/// <summary>The <c>certcache</c> member: one service that gives the certificates of this chip.</summary>
internal sealed record CertificateCacheSettings
{
    /// <summary><c>AMD</c>, <c>AzCache</c> or <c>LocalTHIM</c>.</summary>
    public string EndpointType { get; init; } = string.Empty;

    /// <summary>Host and path, without scheme.</summary>
    public string Endpoint { get; init; } = string.Empty;

    /// <summary>The chip's product line for AMD (<c>Milan</c>), the evidence type for AzCache (<c>SevSnpVM</c>).</summary>
    public string TeeType { get; init; } = string.Empty;

    /// <summary>A whole query parameter, e.g. <c>api-version=2020-10-15-preview</c>.</summary>
    public string ApiVersion { get; init; } = string.Empty;

    /// <summary>A whole query parameter, e.g. <c>clientId=ConfidentialACI</c>.</summary>
    public string ClientId { get; init; } = string.Empty;
}
