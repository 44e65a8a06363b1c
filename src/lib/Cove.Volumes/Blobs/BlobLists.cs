using System.Net;
using System.Text;
using System.Xml;

namespace Cove.Volumes.Blobs;

/// <summary>The lists that the service gives as XML: ranges of a page blob, blocks of a block blob that are not committed.</summary>
internal static class BlobLists
{
    private const long LongestList = 64 * 1024 * 1024;

    /// <summary>The ranges that hold something, from the first byte to behind the last.</summary>
    public static async Task<IReadOnlyList<(long Start, long End)>> PageRangesAsync(BlobClient blob, CancellationToken cancellation)
    {
        var ranges = new List<(long, long)>();
        var marker = "";
        do
        {
            var query = marker.Length > 0 ? $"comp=pagelist&marker={Uri.EscapeDataString(marker)}" : "comp=pagelist";
            marker = await GetAsync(blob, query, [HttpStatusCode.OK], reader =>
            {
                var next = "";
                while (reader.Read())
                {
                    if (reader.NodeType != XmlNodeType.Element) continue;
                    if (reader.LocalName == "PageRange") ranges.Add(ReadRange(reader));
                    else if (reader.LocalName == "NextMarker" && !reader.IsEmptyElement) next = reader.ReadElementContentAsString();
                }

                return next;
            }, cancellation) ?? "";
        }
        while (marker.Length > 0);

        return ranges;
    }

    /// <summary>The names of blocks that were uploaded and not committed; none where there is no blob yet.</summary>
    public static async Task<IReadOnlySet<string>> UncommittedBlocksAsync(BlobClient blob, CancellationToken cancellation)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        await GetAsync(blob, "comp=blocklist&blocklisttype=uncommitted", [HttpStatusCode.OK, HttpStatusCode.NotFound], reader =>
        {
            while (reader.Read())
            {
                if (reader is { NodeType: XmlNodeType.Element, LocalName: "Name" }) names.Add(reader.ReadElementContentAsString());
            }

            return "";
        }, cancellation);
        return names;
    }

    /// <summary>The body that commits these blocks.</summary>
    public static byte[] Commit(IEnumerable<string> blocks)
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        foreach (var block in blocks) text.Append("<Latest>").Append(block).Append("</Latest>");
        return Encoding.UTF8.GetBytes(text.Append("</BlockList>").ToString());
    }

    private static (long Start, long End) ReadRange(XmlReader reader)
    {
        reader.ReadToDescendant("Start");
        var start = reader.ReadElementContentAsLong();
        if (reader.LocalName != "End") reader.ReadToFollowing("End");
        return (start, reader.ReadElementContentAsLong() + 1);
    }

    private static Task<string?> GetAsync(BlobClient blob, string query, HttpStatusCode[] expected, Func<XmlReader, string> read, CancellationToken cancellation) =>
        blob.Transport.SendAsync<string?>(
            () => new HttpRequestMessage(HttpMethod.Get, blob.Address.With(query)),
            async (response, token) =>
            {
                if (response.StatusCode != HttpStatusCode.OK) return null;
                await using var body = await response.Content.ReadAsStreamAsync(token);
                var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = LongestList, IgnoreWhitespace = true };
                using var reader = XmlReader.Create(body, settings);
                try
                {
                    return read(reader);
                }
                catch (Exception e) when (e is XmlException or FormatException)
                {
                    throw new IOException($"the service's list is not what it should be: {e.Message}", e);
                }
            },
            expected,
            cancellation);
}
