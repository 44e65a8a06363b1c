using System.Buffers.Text;
using Cove.Outcomes;

namespace Cove.Images.Tar;

/// <summary>The records of one extended header. Of two with the same key the last holds. Keys and values are byte strings.</summary>
internal sealed class PaxRecords
{
    public const string SparseMap = "GNU.sparse.map";
    private const string SparseOffset = "GNU.sparse.offset";
    private const string SparseLength = "GNU.sparse.numbytes";
    private const string AttributePrefix = "SCHILY.xattr.";

    private readonly Dictionary<string, string> records = new(StringComparer.Ordinal);

    private PaxRecords()
    {
    }

    public static PaxRecords None { get; } = new();

    /// <summary>The value; empty when there is none, which means the same.</summary>
    public string this[string key] => records.Count == 0 ? "" : records.GetValueOrDefault(key, "");

    /// <exception cref="MalformedException">A record is not "length key=value" with a line feed where the length says.</exception>
    public static PaxRecords Parse(ReadOnlySpan<byte> data, long offset)
    {
        var parsed = new PaxRecords();
        List<string> map = [];
        while (!data.IsEmpty)
        {
            var (key, value, length) = ParseRecord(data, offset);
            if (key is SparseOffset or SparseLength)
            {
                // Sparse format 0.0 repeats these two keys in turn; joined they are format 0.1.
                var expected = map.Count % 2 == 0 ? SparseOffset : SparseLength;
                if (key != expected || value.Contains(',', StringComparison.Ordinal)) throw Wrong(key, "is out of order", offset);
                map.Add(value);
            }
            else
            {
                parsed.records[key] = value;
            }

            data = data[length..];
            offset += length;
        }

        if (map.Count > 0) parsed.records[SparseMap] = string.Join(',', map);
        return parsed;
    }

    /// <summary>The extended attributes, in no particular order.</summary>
    public IReadOnlyList<TarAttribute> Attributes() => records.Count == 0 ? [] :
    [
        .. records.Where(record => record.Key.StartsWith(AttributePrefix, StringComparison.Ordinal))
            .Select(record => new TarAttribute(record.Key[AttributePrefix.Length..], ByteText.ToBytes(record.Value))),
    ];

    /// <summary>The number under a key, else what the header block says.</summary>
    public long Number(string key, long otherwise, long offset)
    {
        var text = this[key];
        if (text.Length == 0) return otherwise;
        return TarNumber.TryDecimal(text, out var value) ? value : throw Wrong(key, "is not a decimal number", offset);
    }

    /// <summary>The time under a key, else what the header block says.</summary>
    public TarTime? Time(string key, TarTime? otherwise, long offset)
    {
        var text = this[key];
        if (text.Length == 0) return otherwise;
        return TarNumber.TryTime(text, out var value) ? value : throw Wrong(key, "is not a decimal time", offset);
    }

    private static (string Key, string Value, int Length) ParseRecord(ReadOnlySpan<byte> data, long offset)
    {
        var space = data.IndexOf((byte)' ');
        if (space <= 0 || !Utf8Parser.TryParse(data[..space], out int length, out var used) || used != space || length < 5 || length > data.Length)
            throw Wrong("record", "has no valid length", offset);
        var record = data[..length];
        var equals = record[space..].IndexOf((byte)'=');
        if (record[^1] != (byte)'\n' || equals < 0 || length <= space + 1) throw Wrong("record", "is not 'length key=value' and a line feed", offset);
        var key = record[(space + 1)..(space + equals)];
        var value = record[(space + equals + 1)..^1];
        var noNul = (key.SequenceEqual("path"u8) || key.SequenceEqual("linkpath"u8) || key.SequenceEqual("uname"u8) || key.SequenceEqual("gname"u8))
            ? value
            : key;
        if (noNul.Contains((byte)0)) throw Wrong("record", "contains a NUL where none may be", offset);
        return (ByteText.From(key), ByteText.From(value), length);
    }

    private static MalformedException Wrong(string key, string problem, long offset) => new("tar", $"extended header {ByteText.Show(key)}", problem, offset);
}
