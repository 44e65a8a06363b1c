using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Cove.Images.Oci;
using Cove.Outcomes;

namespace Cove.Images.Registry;

/// <summary>
/// Speaks to one registry (OCI distribution specification 1.1): anonymous, with basic authentication, or with tokens that the registry names
/// a place for. What comes back is checked by whoever takes it. Calls block, because what they feed does.
/// </summary>
/// <param name="http">Carries the requests.</param>
/// <param name="registry">The registry as image names have it, e.g. <c>docker.io</c> or <c>localhost:5000</c>.</param>
/// <param name="credentials">Who asks; null for nobody in particular.</param>
public sealed class RegistryClient(HttpClient http, string registry, RegistryCredentials? credentials = null)
{
    private const int MaximumToken = 64 * 1024;
    private readonly Dictionary<string, string> tokens = new(StringComparer.Ordinal);
    private readonly Uri address = Address(registry);

    /// <summary>The registry's name.</summary>
    public string Registry => registry;

    /// <summary>A manifest or an index, whose digest the caller checks.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="reference">A tag or a digest.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Its bytes and its type; null where there is none.</returns>
    /// <exception cref="UnavailableException">The registry does not answer as one, or does not let this be read.</exception>
    internal (byte[] Content, string MediaType)? Manifest(string repository, string reference, CancellationToken cancellation)
    {
        using var response = Send(() =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, Path(repository, $"manifests/{reference}"));
            foreach (var type in MediaTypes.Manifests) request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
            return request;
        }, Scope(repository, "pull"), cancellation);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        Expect(response, $"manifest {repository}:{reference}", HttpStatusCode.OK);
        return (ReadSmall(response, OciLimits.MaximumJson, $"manifest {repository}:{reference}", cancellation), response.Content.Headers.ContentType?.MediaType ?? "");
    }

    /// <summary>A blob as a stream that knows the length the registry claims; null where there is none.</summary>
    internal Stream? Blob(string repository, Digest digest, CancellationToken cancellation)
    {
        var response = Send(() => new HttpRequestMessage(HttpMethod.Get, Path(repository, $"blobs/{digest}")), Scope(repository, "pull"), cancellation);
        try
        {
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                response.Dispose();
                return null;
            }

            Expect(response, $"blob {digest}", HttpStatusCode.OK);
            var length = response.Content.Headers.ContentLength ?? throw new UnavailableException(registry, $"does not say how long blob {digest} is");
            return new ResponseStream(response, length, cancellation);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>What refers to a manifest, by type of artifact: the index that the registry keeps; empty where it keeps none.</summary>
    internal IReadOnlyList<Descriptor> Referrers(string repository, Digest subject, string artifactType, CancellationToken cancellation)
    {
        using var response = Send(
            () => new HttpRequestMessage(HttpMethod.Get, Path(repository, $"referrers/{subject}?artifactType={Uri.EscapeDataString(artifactType)}")), Scope(repository, "pull"), cancellation);
        // Registries of before 1.1 keep the same index under a tag.
        var index = response.StatusCode == HttpStatusCode.OK
            ? ReadSmall(response, OciLimits.MaximumJson, "referrers", cancellation)
            : Manifest(repository, ReferrersTag(subject), cancellation)?.Content;
        return index is null ? [] : ReferrerIndex.Read(index, artifactType);
    }

    /// <summary>Stores a blob where the registry does not have it.</summary>
    internal void PutBlob(string repository, byte[] content, CancellationToken cancellation)
    {
        var digest = Digest.Of(content);
        var scope = Scope(repository, "pull,push");
        using (var head = Send(() => new HttpRequestMessage(HttpMethod.Head, Path(repository, $"blobs/{digest}")), scope, cancellation))
            if (head.StatusCode == HttpStatusCode.OK) return;
        using var begun = Send(() => new HttpRequestMessage(HttpMethod.Post, Path(repository, "blobs/uploads/")), scope, cancellation);
        Expect(begun, $"the upload of {digest}", HttpStatusCode.Accepted);
        var location = begun.Headers.Location ?? throw new UnavailableException(registry, "names no place for an upload");
        var upload = new UriBuilder(new Uri(address, location));
        upload.Query = $"{(upload.Query.Length > 1 ? upload.Query[1..] + "&" : "")}digest={Uri.EscapeDataString(digest.ToString())}";
        using var done = Send(() => new HttpRequestMessage(HttpMethod.Put, upload.Uri) { Content = Bytes(content, "application/octet-stream") }, scope, cancellation);
        Expect(done, $"blob {digest}", HttpStatusCode.Created);
    }

    /// <summary>Stores a manifest under a tag or its own digest.</summary>
    /// <returns>Whether the registry itself keeps track of what the manifest refers to.</returns>
    internal bool PutManifest(string repository, string reference, byte[] content, string mediaType, CancellationToken cancellation)
    {
        using var response = Send(
            () => new HttpRequestMessage(HttpMethod.Put, Path(repository, $"manifests/{reference}")) { Content = Bytes(content, mediaType) }, Scope(repository, "pull,push"), cancellation);
        Expect(response, $"manifest {repository}:{reference}", HttpStatusCode.Created);
        return response.Headers.Contains("OCI-Subject");
    }

    internal static string ReferrersTag(Digest subject) => $"sha256-{subject.Hex}";

    private static Uri Address(string registry)
    {
        var host = registry == "docker.io" ? "registry-1.docker.io" : registry;
        // What does not leave the machine needs no TLS, as every container tool has it.
        var name = host.StartsWith('[') ? host[..(host.IndexOf(']', StringComparison.Ordinal) + 1)] : host.Split(':')[0];
        var local = name is "localhost" or "[::1]" || (IPAddress.TryParse(name, out var ip) && IPAddress.IsLoopback(ip));
        return new Uri($"{(local ? "http" : "https")}://{host}/v2/");
    }

    private static string Scope(string repository, string actions) => $"repository:{repository}:{actions}";

    private Uri Path(string repository, string rest) => new(address, $"{repository}/{rest}");

    private static ByteArrayContent Bytes(byte[] content, string type) => new(content) { Headers = { ContentType = new MediaTypeHeaderValue(type) } };

    private HttpResponseMessage Send(Func<HttpRequestMessage> make, string scope, CancellationToken cancellation)
    {
        var response = SendOnce(make(), tokens.GetValueOrDefault(scope), cancellation);
        if (response.StatusCode != HttpStatusCode.Unauthorized) return response;
        var authorization = Authorization(response, scope, cancellation);
        response.Dispose();
        if (authorization is null) throw new UnavailableException(registry, credentials is null ? "asks for credentials" : "does not accept these credentials");
        tokens[scope] = authorization;
        return SendOnce(make(), authorization, cancellation);
    }

    private HttpResponseMessage SendOnce(HttpRequestMessage request, string? authorization, CancellationToken cancellation)
    {
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        try
        {
            return http.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException bad)
        {
            throw new UnavailableException(registry, bad.Message, bad);
        }
        catch (TaskCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new UnavailableException(registry, "did not answer in time", late);
        }
    }

    private string? Authorization(HttpResponseMessage refused, string scope, CancellationToken cancellation)
    {
        if (BearerChallenge.Read(refused.Headers.WwwAuthenticate) is { } challenge) return Token(challenge, scope, cancellation);
        var basic = refused.Headers.WwwAuthenticate.Any(one => one.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase));
        return basic ? credentials?.Basic() : null;
    }

    private string Token(BearerChallenge challenge, string scope, CancellationToken cancellation)
    {
        // The registry names the place; a password goes there only under the protection that it came here with.
        if (challenge.Realm.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && challenge.Realm.IsLoopback))
            throw new UnavailableException(registry, $"sends its clients to {challenge.Realm.Scheme}://{challenge.Realm.Authority} for tokens, which is not protected");
        using var response = SendOnce(new HttpRequestMessage(HttpMethod.Get, challenge.Address(scope)), credentials?.Basic(), cancellation);
        if (response.StatusCode != HttpStatusCode.OK) throw new UnavailableException(registry, $"gives no token for {scope}: {(int)response.StatusCode}");
        var body = ReadSmall(response, MaximumToken, "token", cancellation);
        using var document = OciJson.Parse(body, "token");
        foreach (var member in (string[])["token", "access_token"])
            if (document.RootElement.TryGetProperty(member, out var token) && token.ValueKind == JsonValueKind.String) return $"Bearer {token.GetString()}";
        throw new UnavailableException(registry, "answers without a token");
    }

    private void Expect(HttpResponseMessage response, string what, HttpStatusCode expected)
    {
        if (response.StatusCode == expected) return;
        throw new UnavailableException(registry, response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? $"does not allow it: {what} ({(int)response.StatusCode})"
            : $"answers {(int)response.StatusCode} for {what}");
    }

    private static byte[] ReadSmall(HttpResponseMessage response, int limit, string what, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentLength > limit) throw new MalformedException("registry", what, $"is longer than {limit} bytes");
        using var stream = response.Content.ReadAsStream(cancellation);
        using var content = new MemoryStream();
        var buffer = new byte[1 << 14];
        while (stream.Read(buffer) is > 0 and var count)
        {
            if (content.Length + count > limit) throw new MalformedException("registry", what, $"is longer than {limit} bytes");
            content.Write(buffer, 0, count);
        }

        return content.ToArray();
    }
}
