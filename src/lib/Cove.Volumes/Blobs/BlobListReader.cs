using System.Globalization;
using System.Xml;
using Cove.Outcomes;

namespace Cove.Volumes.Blobs;

/// <summary>Reads the service's lists, which are XML: Get Page Ranges and Get Block List of the Blob REST API.</summary>
internal static class BlobListReader
{
    public const string Format = "blob list";

    /// <summary>Enough for the 50,000 blocks of a blob with the longest names.</summary>
    public const int LongestList = 16 * 1024 * 1024;

    /// <summary>The ranges that hold something, from the first byte to behind the last, in order; and where the list goes on, empty for nowhere.</summary>
    /// <exception cref="MalformedException">The list is none.</exception>
    public static (IReadOnlyList<(long Start, long End)> Ranges, string Next) ReadPageRanges(Stream body)
    {
        var ranges = new List<(long Start, long End)>();
        var next = "";
        long? start = null;
        Read(body, "PageList", (name, reader) =>
        {
            switch (name)
            {
                case "Start":
                    start = Number(reader, name);
                    break;
                case "End":
                    var end = Number(reader, name);
                    if (start is not { } from || end < from || (ranges.Count > 0 && from < ranges[^1].End))
                        throw new MalformedException(Format, name, "is not behind its start, or ranges are not in order");
                    ranges.Add((from, end + 1));
                    start = null;
                    break;
                case "NextMarker":
                    next = reader.ReadElementContentAsString();
                    break;
                case "ClearRange":
                    throw new MalformedException(Format, name, "was not asked for");
                default:
                    return false;
            }

            return true;
        });
        return (ranges, next);
    }

    /// <summary>The names in a list of blocks.</summary>
    /// <exception cref="MalformedException">The list is none.</exception>
    public static IReadOnlySet<string> ReadBlocks(Stream body)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Read(body, "BlockList", (name, reader) =>
        {
            if (name != "Name") return false;
            names.Add(reader.ReadElementContentAsString());
            return true;
        });
        return names;
    }

    /// <summary>Shows every element under the root, which the callback either reads to behind its end or leaves.</summary>
    private static void Read(Stream body, string root, Func<string, XmlReader, bool> element)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = LongestList, IgnoreWhitespace = true, IgnoreComments = true, CloseInput = false,
        };
        try
        {
            using var reader = XmlReader.Create(body, settings);
            if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != root) throw new MalformedException(Format, "root", $"is not {root}");
            reader.Read();
            while (!reader.EOF)
            {
                if (reader.NodeType != XmlNodeType.Element || !element(reader.LocalName, reader)) reader.Read();
            }
        }
        catch (XmlException e)
        {
            throw new MalformedException(Format, "document", $"is not XML of a list: {e.Message}");
        }
    }

    private static long Number(XmlReader reader, string name)
    {
        var text = reader.ReadElementContentAsString();
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < long.MaxValue
            ? number
            : throw new MalformedException(Format, name, "is no position");
    }
}
