using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Cove.Cli.Shell;
using Cove.Formats.Jose;
using Cove.Keys.Audit;
using Cove.Outcomes;

namespace Cove.Cli.Vault;

/// <summary>
/// The owner's side of a key service that speaks Azure Key Vault's wire. It never decides anything: what the service refuses becomes
/// the command's failure, in the service's words.
/// </summary>
/// <param name="http">Trusts the service's certificate.</param>
/// <param name="vault">The service's URL.</param>
/// <param name="accessToken">A bearer token for it.</param>
internal sealed class KeyServiceClient(HttpClient http, Uri vault, string accessToken) : IDisposable
{
    private const string ApiVersion = "7.5";
    private const int MaximumAnswer = 1024 * 1024;
    private const int MaximumPages = 1000;

    public Uri Vault => vault;

    public Task<KeyBundle> Create(string name, ReadOnlyMemory<byte> body, CancellationToken cancellation) =>
        Bundle(HttpMethod.Post, $"keys/{Name(name)}/create", body, cancellation);

    public Task<KeyBundle> Import(string name, ReadOnlyMemory<byte> body, CancellationToken cancellation) =>
        Bundle(HttpMethod.Put, $"keys/{Name(name)}", body, cancellation);

    public Task<KeyBundle> Get(string name, string? version, CancellationToken cancellation) =>
        Bundle(HttpMethod.Get, $"keys/{Name(name)}/{version}".TrimEnd('/'), null, cancellation);

    /// <summary>The present version of a key; null where there is none of this name.</summary>
    public async Task<KeyBundle?> Find(string name, CancellationToken cancellation)
    {
        try
        {
            return await Get(name, null, cancellation);
        }
        catch (CommandFailedException refused) when (refused.Failure.Code == "key-not-found")
        {
            return null;
        }
    }

    /// <summary>Asks for a key with an attestation token; the answer is the signed, wrapped key as the service gave it.</summary>
    public async Task<string> Release(string name, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        using var answer = await Send(HttpMethod.Post, $"keys/{Name(name)}/release", body, cancellation);
        return StrictJson.RequiredString(answer.RootElement, "value", "key release answer");
    }

    /// <summary>Makes a new version of a key; wrapped and encrypted data of the older ones stays readable.</summary>
    public Task<KeyBundle> Rotate(string name, CancellationToken cancellation) => Bundle(HttpMethod.Post, $"keys/{Name(name)}/rotate", null, cancellation);

    /// <summary>The audit log from its beginning, page after page.</summary>
    public async IAsyncEnumerable<AuditRecord> Audit([EnumeratorCancellation] CancellationToken cancellation)
    {
        const string format = "audit log";
        for (Uri? page = At("audit"); page is not null;)
        {
            using var answer = await Send(HttpMethod.Get, page, null, cancellation);
            if (!answer.RootElement.TryGetProperty("value", out var value) || value.ValueKind != JsonValueKind.Array) throw new MalformedException(format, "value", "is missing");
            var next = StrictNext(answer.RootElement);
            // A page without records that names another one could go on for ever.
            if (next is not null && value.GetArrayLength() == 0) throw new MalformedException(format, "nextLink", "follows an empty page");
            foreach (var record in value.EnumerateArray())
            {
                if (!record.TryGetProperty("number", out var number) || !number.TryGetInt64(out var counted)) throw new MalformedException(format, "number", "is missing");
                yield return new(counted, StrictJson.RequiredBytes(record, "entry", format), StrictJson.RequiredBytes(record, "hash", format));
            }

            page = next;
        }
    }

    /// <summary>Every key, page after page.</summary>
    public async Task<IReadOnlyList<KeyItem>> List(CancellationToken cancellation)
    {
        var items = new List<KeyItem>();
        Uri? page = At("keys");
        for (var pages = 0; page is not null; pages++)
        {
            if (pages == MaximumPages) throw new MalformedException("key list", "nextLink", $"leads to more than {MaximumPages} pages");
            using var answer = await Send(HttpMethod.Get, page, null, cancellation);
            if (answer.RootElement.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.Array)
                items.AddRange(value.EnumerateArray().Select(KeyItem.Read));
            page = StrictNext(answer.RootElement);
        }

        return items;
    }

    public void Dispose() => http.Dispose();

    // A page of another host would carry our token to it.
    private Uri? StrictNext(JsonElement answer)
    {
        if (!answer.TryGetProperty("nextLink", out var link) || link.ValueKind == JsonValueKind.Null) return null;
        if (link.ValueKind == JsonValueKind.String && Uri.TryCreate(link.GetString(), UriKind.Absolute, out var next) && next.Authority == vault.Authority && next.Scheme == vault.Scheme) return next;
        throw new MalformedException("key list", "nextLink", "is not a page of this service");
    }

    private static string Name(string name) => Uri.EscapeDataString(name);

    private Uri At(string path) => new(vault, $"/{path}?api-version={ApiVersion}");

    private async Task<KeyBundle> Bundle(HttpMethod method, string path, ReadOnlyMemory<byte>? body, CancellationToken cancellation)
    {
        using var answer = await Send(method, path, body, cancellation);
        return KeyBundle.Read(answer.RootElement);
    }

    private Task<JsonDocument> Send(HttpMethod method, string path, ReadOnlyMemory<byte>? body, CancellationToken cancellation) => Send(method, At(path), body, cancellation);

    private async Task<JsonDocument> Send(HttpMethod method, Uri at, ReadOnlyMemory<byte>? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, at);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        if (body is { } json)
        {
            request.Content = new ReadOnlyMemoryContent(json);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        }

        using var response = await Reach(request, cancellation);
        if (response.Content.Headers.ContentLength > MaximumAnswer) throw new MalformedException("key service answer", "length", $"is over {MaximumAnswer} bytes");
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellation);
        if (response.StatusCode != HttpStatusCode.OK) throw KeyServiceRefusal.Of(response.StatusCode, bytes, vault);
        return StrictJson.ParseObject(bytes, "key service answer", MaximumAnswer);
    }

    private async Task<HttpResponseMessage> Reach(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            return await http.SendAsync(request, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw CommandFailedException.Unavailable("key-service-unavailable", $"the key service does not answer, {vault}: {e.Message}", "cove dev status");
        }
    }
}
