using System.Net;
using Cove.Formats.Jose;
using Cove.KeyService.Outbound;
using Cove.Keys.ReleasePolicy;
using Cove.Outcomes;

namespace Cove.KeyService.Authorities;

/// <summary>Fetches the signing keys of one attestation service: its metadata, then the key set that this names, both from its own origin.</summary>
internal sealed class AuthorityClient : IDisposable
{
    private const string MetadataPath = ".well-known/openid-configuration";
    private const int MaximumMetadata = 64 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly AuthorityUrl _url;
    private readonly HttpClient _http;

    public AuthorityClient(AuthorityPin pin)
        : this(pin, Dns.GetHostAddressesAsync)
    {
    }

    /// <param name="pin">The service.</param>
    /// <param name="resolve">A host's addresses.</param>
    public AuthorityClient(AuthorityPin pin, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        _url = pin.Url;
        var handler = PinnedHandler.Create("attestation service", "--authority", pin.CertificateAuthorityFile, Timeout, resolve);
        _http = new(handler) { Timeout = Timeout, MaxResponseContentBufferSize = Jwks.MaximumJsonLength };
    }

    /// <exception cref="UnavailableException">It does not answer, or not with a key set.</exception>
    public async Task<Jwks> FetchAsync(CancellationToken cancellationToken)
    {
        try
        {
            var metadata = await _http.GetByteArrayAsync(_url.Below(MetadataPath), cancellationToken);
            using var document = StrictJson.ParseObject(metadata, "authority metadata", MaximumMetadata);
            var keys = new Uri(StrictJson.RequiredString(document.RootElement, "jwks_uri", "authority metadata"), UriKind.Absolute);
            if (keys.GetLeftPart(UriPartial.Authority) != new Uri(_url.Canonical).GetLeftPart(UriPartial.Authority))
                throw new MalformedException("authority metadata", "jwks_uri", $"{keys} is of another origin than {_url}");
            return Jwks.Parse(await _http.GetByteArrayAsync(keys, cancellationToken));
        }
        catch (Exception e) when (e is HttpRequestException or MalformedException or UriFormatException
            || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new UnavailableException($"the attestation service {_url}", e.Message, e);
        }
    }

    public void Dispose() => _http.Dispose();
}
