using System.Globalization;
using System.Text;

namespace Cove.Images.Tar;

/// <summary>
/// Writes ustar headers, with a PAX header in front where a value does not fit, in one way only: the same entries give the same bytes.
/// Names are UTF-8. Owner names are left empty, and the archive is padded to 10240 bytes as tar programs do.
/// </summary>
internal sealed class TarWriter(Stream output)
{
    private const int RecordSize = 20 * TarHeader.BlockSize;
    private const long LargestOctal12 = (1L << 33) - 1;
    private const long LargestOctal8 = (1L << 21) - 1;

    private readonly byte[] header = new byte[TarHeader.BlockSize];

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    /// <summary>Writes a header. For a file its content follows, in as many calls of <see cref="Write"/> as needed, then <see cref="Pad"/>.</summary>
    public void WriteHeader(TarEntryKind kind, string name, uint mode, uint userId, uint groupId, long size, long modified, string linkName = "", uint deviceMajor = 0, uint deviceMinor = 0)
    {
        var records = new StringBuilder();
        var (prefix, shortName) = SplitName(name);
        if (shortName is null) AddRecord(records, "path", name);
        if (Encoding.UTF8.GetByteCount(linkName) > 100) AddRecord(records, "linkpath", linkName);
        if (size > LargestOctal12) AddRecord(records, "size", Text(size));
        if (userId > LargestOctal8) AddRecord(records, "uid", Text(userId));
        if (groupId > LargestOctal8) AddRecord(records, "gid", Text(groupId));
        if (modified is < 0 or > LargestOctal12) AddRecord(records, "mtime", Text(modified));
        if (records.Length > 0) WriteExtended(records.ToString());

        header.AsSpan().Clear();
        Put(0, 100, shortName ?? "pax");
        Number(100, 8, mode);
        Number(108, 8, userId > LargestOctal8 ? 0 : userId);
        Number(116, 8, groupId > LargestOctal8 ? 0 : groupId);
        Number(124, 12, size > LargestOctal12 ? 0 : size);
        Number(136, 12, modified is < 0 or > LargestOctal12 ? 0 : modified);
        header[156] = (byte)('0' + Flag(kind));
        Put(157, 100, Encoding.UTF8.GetByteCount(linkName) > 100 ? "pax" : linkName);
        if (kind is TarEntryKind.CharacterDevice or TarEntryKind.BlockDevice)
        {
            Number(329, 8, deviceMajor);
            Number(337, 8, deviceMinor);
        }

        Put(345, 155, prefix);
        WriteHeaderBlock();
    }

    public void Write(ReadOnlySpan<byte> content)
    {
        output.Write(content);
        Length += content.Length;
    }

    /// <summary>Fills the last block of an entry's content.</summary>
    public void Pad()
    {
        header.AsSpan().Clear();
        Write(header.AsSpan(0, (int)(-Length & (TarHeader.BlockSize - 1))));
    }

    /// <summary>Ends the archive.</summary>
    public void Finish()
    {
        header.AsSpan().Clear();
        Write(header);
        Write(header);
        while (Length % RecordSize != 0) Write(header);
    }

    private static int Flag(TarEntryKind kind) => kind switch
    {
        TarEntryKind.HardLink => 1,
        TarEntryKind.SymbolicLink => 2,
        TarEntryKind.CharacterDevice => 3,
        TarEntryKind.BlockDevice => 4,
        TarEntryKind.Directory => 5,
        TarEntryKind.Fifo => 6,
        _ => 0,
    };

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Prefix and name as ustar holds them; no name where they do not fit.</summary>
    private static (string Prefix, string? Name) SplitName(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= 100) return ("", name);
        for (var slash = name.IndexOf('/', StringComparison.Ordinal); slash >= 0 && slash < name.Length - 1; slash = name.IndexOf('/', slash + 1))
        {
            if (slash > 0 && Encoding.UTF8.GetByteCount(name.AsSpan(0, slash)) <= 155 && Encoding.UTF8.GetByteCount(name.AsSpan(slash + 1)) <= 100)
                return (name[..slash], name[(slash + 1)..]);
        }

        return ("", null);
    }

    private static void AddRecord(StringBuilder records, string key, string value)
    {
        // The length counts its own digits.
        var rest = Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value) + 3;
        var length = rest + Text(rest).Length;
        if (rest + Text(length).Length != length) length++;
        records.Append(CultureInfo.InvariantCulture, $"{length} {key}={value}\n");
    }

    private void WriteExtended(string records)
    {
        var data = Encoding.UTF8.GetBytes(records);
        header.AsSpan().Clear();
        Put(0, 100, "pax");
        Number(100, 8, 0x1A4);
        Number(108, 8, 0);
        Number(116, 8, 0);
        Number(124, 12, data.Length);
        Number(136, 12, 0);
        header[156] = (byte)'x';
        WriteHeaderBlock();
        Write(data);
        Pad();
    }

    private void WriteHeaderBlock()
    {
        "ustar\u000000"u8.CopyTo(header.AsSpan(257));
        header.AsSpan(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in header) sum += b;
        Number(148, 7, sum);
        Write(header);
    }

    private void Put(int offset, int length, string text) => Encoding.UTF8.GetBytes(text, header.AsSpan(offset, length));

    /// <summary>Octal digits filling the field but for a final NUL.</summary>
    private void Number(int offset, int length, long value)
    {
        for (var i = length - 2; i >= 0; i--, value >>= 3) header[offset + i] = (byte)('0' + (value & 7));
        header[offset + length - 1] = 0;
    }
}
