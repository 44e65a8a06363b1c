using System.Net;
using System.Text;
using Cove.Outcomes;

namespace Cove.Volumes.Blobs;

/// <summary>The lists that the service gives: ranges of a page blob, blocks of a block blob that are not committed.</summary>
internal static class BlobLists
{
    /// <summary>More pages than a blob of 8 TiB has ranges of 4 MiB.</summary>
    private const int MostPages = 10_000;

    /// <summary>The ranges that hold something, from the first byte to behind the last.</summary>
    /// <exception cref="MalformedException">The service's answer is no such list, or has no end.</exception>
    public static async Task<IReadOnlyList<(long Start, long End)>> PageRangesAsync(BlobClient blob, CancellationToken cancellation)
    {
        var ranges = new List<(long, long)>();
        var marker = "";
        for (var page = 0; page < MostPages; page++)
        {
            var query = marker.Length > 0 ? $"comp=pagelist&marker={Uri.EscapeDataString(marker)}" : "comp=pagelist";
            var (found, next) = await GetAsync(blob, query, [HttpStatusCode.OK], BlobListReader.ReadPageRanges, cancellation);
            ranges.AddRange(found);
            if (next.Length == 0) return ranges;
            marker = next;
        }

        throw new MalformedException(BlobListReader.Format, "NextMarker", "leads to no end");
    }

    /// <summary>The names of blocks that were uploaded and not committed; none where there is no blob yet.</summary>
    /// <exception cref="MalformedException">The service's answer is no such list.</exception>
    public static async Task<IReadOnlySet<string>> UncommittedBlocksAsync(BlobClient blob, CancellationToken cancellation) =>
        await GetAsync(blob, "comp=blocklist&blocklisttype=uncommitted", [HttpStatusCode.OK, HttpStatusCode.NotFound], BlobListReader.ReadBlocks, cancellation)
            ?? new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The body that commits these blocks.</summary>
    public static byte[] Commit(IEnumerable<string> blocks)
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        foreach (var block in blocks) text.Append("<Latest>").Append(block).Append("</Latest>");
        return Encoding.UTF8.GetBytes(text.Append("</BlockList>").ToString());
    }

    private static Task<T?> GetAsync<T>(BlobClient blob, string query, HttpStatusCode[] expected, Func<Stream, T> read, CancellationToken cancellation) =>
        blob.Transport.SendAsync<T?>(
            () => new HttpRequestMessage(HttpMethod.Get, blob.Address.With(query)),
            async (response, token) =>
            {
                if (response.StatusCode != HttpStatusCode.OK) return default;
                await using var body = await response.Content.ReadAsStreamAsync(token);
                return read(body);
            },
            expected,
            cancellation);
}
