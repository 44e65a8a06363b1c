using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Cove.Outcomes;

namespace Cove.Volumes.Blobs;

/// <summary>One blob of an Azure Blob endpoint, block or page blob: its facts, ranges of it, pages of it. Several threads may use it.</summary>
public sealed class BlobClient
{
    /// <summary>Most bytes of one page write or one block here.</summary>
    public const int LargestWrite = 4 * 1024 * 1024;

    /// <summary>Pages are written in multiples of this.</summary>
    public const int PageBytes = 512;

    private const string MetadataPrefix = "x-ms-meta-";
    private readonly BlobTransport transport;

    /// <param name="client">Sends the requests; not disposed.</param>
    /// <param name="address">The blob.</param>
    /// <param name="authorization">By what right.</param>
    /// <param name="time">The clock.</param>
    public BlobClient(HttpClient client, BlobAddress address, BlobAuthorization authorization, TimeProvider time) =>
        (Address, transport) = (address, new BlobTransport(client, address, authorization, time));

    /// <summary>The blob.</summary>
    public BlobAddress Address { get; }

    internal BlobTransport Transport => transport;

    /// <summary>The blob's facts, or null where there is none.</summary>
    /// <exception cref="BlobRefusedException">The service does not tell.</exception>
    /// <exception cref="UnavailableException">The service does not answer.</exception>
    public Task<BlobFacts?> FindAsync(CancellationToken cancellation) => transport.SendAsync<BlobFacts?>(
        () => new HttpRequestMessage(HttpMethod.Head, Address.With("")),
        (response, _) => ValueTask.FromResult(response.StatusCode == HttpStatusCode.NotFound ? null : Facts(response)),
        [HttpStatusCode.OK, HttpStatusCode.NotFound],
        cancellation);

    /// <summary>Fills the buffer from this place.</summary>
    /// <param name="offset">Where.</param>
    /// <param name="buffer">Inside the blob.</param>
    /// <param name="version">The ETag the blob must still have; null for any.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="BlobRefusedException">The service does not give them; status 412 where the blob has changed.</exception>
    /// <exception cref="UnavailableException">The service does not answer.</exception>
    public async Task ReadAsync(long offset, Memory<byte> buffer, string? version, CancellationToken cancellation)
    {
        while (buffer.Length > 0)
        {
            var (from, into) = (offset, buffer);
            var read = await transport.SendAsync(() => Range(from, into.Length, version), (response, token) => FillAsync(response, from, into, version, token), [HttpStatusCode.PartialContent, HttpStatusCode.OK], cancellation);
            offset += read;
            buffer = buffer[read..];
        }
    }

    /// <summary>Writes pages of a page blob.</summary>
    /// <param name="offset">A multiple of <see cref="PageBytes"/>.</param>
    /// <param name="data">A multiple of <see cref="PageBytes"/>, at most <see cref="LargestWrite"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="BlobRefusedException">The service does not take them.</exception>
    /// <exception cref="UnavailableException">The service does not answer.</exception>
    public Task WritePagesAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation) => transport.SendAsync(
        () =>
        {
            var request = new HttpRequestMessage(HttpMethod.Put, Address.With("comp=page")) { Content = Bytes(data) };
            request.Headers.TryAddWithoutValidation("x-ms-page-write", "update");
            request.Headers.TryAddWithoutValidation("x-ms-range", Invariant($"bytes={offset}-{offset + data.Length - 1}"));
            return request;
        },
        Nothing,
        [HttpStatusCode.Created],
        cancellation);

    internal static ByteArrayContent Bytes(ReadOnlyMemory<byte> data) => new(data.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };

    internal static ValueTask<bool> Nothing(HttpResponseMessage response, CancellationToken cancellation) => ValueTask.FromResult(true);

    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private HttpRequestMessage Range(long offset, int length, string? version)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Address.With(""));
        request.Headers.TryAddWithoutValidation("x-ms-range", Invariant($"bytes={offset}-{offset + length - 1}"));
        if (version is not null) request.Headers.TryAddWithoutValidation("If-Match", version);
        return request;
    }

    private async ValueTask<int> FillAsync(HttpResponseMessage response, long offset, Memory<byte> buffer, string? version, CancellationToken cancellation)
    {
        // Servers and proxies that know neither ranges nor conditions answer with something else than was asked for.
        var from = response.StatusCode == HttpStatusCode.PartialContent ? response.Content.Headers.ContentRange?.From : 0;
        if (from != offset)
            throw new UnavailableException($"blob {Address}", $"the service answered with bytes from {from?.ToString(CultureInfo.InvariantCulture) ?? "nowhere"}, asked for those from {offset}");
        if (version is not null && response.Headers.ETag is { } tag && tag.ToString() != version)
            throw new BlobRefusedException(Address.ToString(), (int)HttpStatusCode.PreconditionFailed, "ConditionNotMet");
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var read = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);

        // A short answer is asked for again from where it ended; an empty one would be asked for for ever.
        return read > 0 ? read : throw new IOException("the service sent no bytes of the range");
    }

    private static BlobFacts Facts(HttpResponseMessage response)
    {
        var type = response.Headers.TryGetValues("x-ms-blob-type", out var types) ? types.First() : "";
        var metadata = response.Headers.Where(header => header.Key.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(header => header.Key[MetadataPrefix.Length..].ToLowerInvariant(), header => header.Value.First(), StringComparer.Ordinal);
        return new BlobFacts(
            response.Content.Headers.ContentLength ?? throw new IOException("the service does not say how long the blob is"),
            type == "PageBlob",
            response.Headers.ETag?.ToString() ?? "",
            metadata);
    }
}
