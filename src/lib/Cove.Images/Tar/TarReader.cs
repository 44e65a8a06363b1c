using Cove.Outcomes;

namespace Cove.Images.Tar;

/// <summary>
/// Reads an archive entry by entry, as Go's archive/tar does: v7, ustar, PAX, GNU long names, base-256 numbers and sparse files.
/// The rules matter to the byte, because the root hash of a layer depends on them (container-policy specification, 5.2).
/// </summary>
internal sealed class TarReader(Stream stream) : IDisposable
{
    private readonly TarInput input = new(stream);
    private readonly byte[] block = new byte[TarHeader.BlockSize];
    private long contentLeft;
    private long padding;
    private int entries;

    /// <summary>Bytes consumed so far.</summary>
    public long Offset => input.Offset;

    /// <summary>The next entry; null at the end of the archive. What was not read of the one before is passed over.</summary>
    /// <exception cref="MalformedException">The archive is not a tar, is cut short, or exceeds <see cref="TarLimits"/>.</exception>
    public TarEntry? Next()
    {
        string longName = "", longLink = "";
        PaxRecords? records = null;
        var extended = false;
        while (true)
        {
            if (!SkipRest() || !ReadHeaderBlock())
                return extended ? throw new MalformedException("tar", "extended header", "has no entry after it", input.Offset) : null;
            var offset = input.Offset - TarHeader.BlockSize;
            if (++entries > TarLimits.MaximumEntries) throw new MalformedException("tar", "entries", $"are over {TarLimits.MaximumEntries}", offset);
            var header = TarHeader.Parse(block, offset);
            switch ((char)header.Type)
            {
                case 'x':
                    records = PaxRecords.Parse(ReadHeaderData(header, offset), offset + TarHeader.BlockSize);
                    extended = true;
                    break;
                case 'g':
                    return GlobalEntry(header, offset);
                case 'L':
                    longName = ByteText.From(ByteText.UntilNul(ReadHeaderData(header, offset)));
                    extended = true;
                    break;
                case 'K':
                    longLink = ByteText.From(ByteText.UntilNul(ReadHeaderData(header, offset)));
                    extended = true;
                    break;
                default:
                    return FileEntry(header, offset, records ?? PaxRecords.None, longName, longLink);
            }
        }
    }

    /// <summary>Reads the entry's stored content: at least one byte, until it is used up.</summary>
    /// <exception cref="MalformedException">The archive ends inside the content.</exception>
    public int Read(Span<byte> into)
    {
        if (contentLeft == 0) return 0;
        var count = input.Read(into[..(int)Math.Min(into.Length, contentLeft)]);
        if (count == 0) throw input.Truncated("content");
        contentLeft -= count;
        return count;
    }

    /// <summary>Reads what follows the end of the archive, so that a digest over the stream covers all of it.</summary>
    public void Drain(CancellationToken cancellation) => input.Drain(cancellation);

    public void Dispose() => input.Dispose();

    private static string NameOf(TarHeader header, ReadOnlySpan<byte> prefix)
    {
        var name = ByteText.From(header.Name);
        return prefix.IsEmpty ? name : $"{ByteText.From(prefix)}/{name}";
    }

    private static string Either(string first, string second) => first.Length > 0 ? first : second;

    private static TarEntryKind KindOf(byte type, string name) => (char)type switch
    {
        '\0' when name.EndsWith('/') => TarEntryKind.Directory,
        '1' => TarEntryKind.HardLink,
        '2' => TarEntryKind.SymbolicLink,
        '3' => TarEntryKind.CharacterDevice,
        '4' => TarEntryKind.BlockDevice,
        '5' => TarEntryKind.Directory,
        '6' => TarEntryKind.Fifo,
        _ => TarEntryKind.File,
    };

    private bool SkipRest()
    {
        if (input.Skip(contentLeft) != contentLeft) throw input.Truncated("content");

        // The padding after the last content may be missing: nothing is lost with it.
        var complete = input.Skip(padding) == padding;
        contentLeft = padding = 0;
        return complete;
    }

    private bool ReadHeaderBlock()
    {
        if (!input.TryReadBlock(block)) return false;
        if (block.AsSpan().ContainsAnyExcept((byte)0)) return true;
        if (!input.TryReadBlock(block)) return false;
        if (!block.AsSpan().ContainsAnyExcept((byte)0)) return false;
        throw new MalformedException("tar", "end of archive", "is one block of zeros, expected two", input.Offset - TarHeader.BlockSize);
    }

    private void Expect(long size, long offset)
    {
        if (size < 0) throw new MalformedException("tar", "size", "is negative", offset);
        contentLeft = size;
        padding = -size & (TarHeader.BlockSize - 1);
    }

    private byte[] ReadHeaderData(TarHeader header, long offset)
    {
        var size = header.Size;
        if (size > TarLimits.MaximumHeaderData)
            throw new MalformedException("tar", "extended header", $"is {size} bytes, at most {TarLimits.MaximumHeaderData} are taken", offset);
        Expect(size, offset);
        var data = new byte[size];
        input.ReadExactly(data, "extended header");
        contentLeft = 0;
        return data;
    }

    /// <summary>A global header has no effect on other entries and shows as an empty file of its own, attributes included.</summary>
    private TarEntry GlobalEntry(TarHeader header, long offset)
    {
        header.ReadDialectFields(out _, out _, out var prefix);
        var name = NameOf(header, prefix);
        var records = PaxRecords.Parse(ReadHeaderData(header, offset), offset + TarHeader.BlockSize);
        return new TarEntry { Offset = offset, Kind = TarEntryKind.File, Name = Either(records["path"], name), Attributes = records.Attributes() };
    }

    private TarEntry FileEntry(TarHeader header, long offset, PaxRecords records, string longName, string longLink)
    {
        header.ReadDialectFields(out var accessed, out var changed, out var prefix);
        var name = Either(longName, Either(records["path"], NameOf(header, prefix)));
        var kind = KindOf(header.Type, name);
        var size = records.Number("size", header.Size, offset);
        var hasContent = kind == TarEntryKind.File;
        Expect(hasContent ? size : 0, offset);
        var runs = ReadRuns(header, offset, records, hasContent, ref name, ref size);
        return new TarEntry
        {
            Offset = offset,
            Kind = kind,
            Name = name,
            LinkName = Either(longLink, Either(records["linkpath"], ByteText.From(header.LinkName))),
            Mode = header.Mode,
            UserId = records.Number("uid", header.UserId, offset),
            GroupId = records.Number("gid", header.GroupId, offset),
            Size = hasContent ? size : 0,
            Modified = records.Time("mtime", new TarTime(header.Modified), offset),
            Accessed = records.Time("atime", accessed, offset),
            Changed = records.Time("ctime", changed, offset),
            DeviceMajor = header.DeviceMajor,
            DeviceMinor = header.DeviceMinor,
            Attributes = records.Attributes(),
            Runs = runs,
        };
    }

    private List<TarRun> ReadRuns(TarHeader header, long offset, PaxRecords records, bool hasContent, ref string name, ref long size)
    {
        SparseMap map;
        if (header.Type == (byte)'S')
        {
            if (header.Dialect != TarDialect.Gnu) throw new MalformedException("tar", "type", "is a sparse file outside the GNU dialect", offset);
            size = header.GnuRealSize;
            map = SparseMap.ReadOldGnu(header, input, offset);
        }
        else if (SparseVersion(records) is { } version)
        {
            name = Either(records["GNU.sparse.name"], name);
            size = records.Number("GNU.sparse.size", records.Number("GNU.sparse.realsize", size, offset), offset);
            map = version == 0 ? SparseMap.ReadRecords(records, offset) : ReadContentMap();
            if (!hasContent) throw new MalformedException("tar", "sparse map", "belongs to something that is no file", offset);
        }
        else
        {
            return size > 0 && hasContent ? [new TarRun(size, IsHole: false)] : [];
        }

        return map.ToRuns(size, contentLeft, offset);
    }

    private SparseMap ReadContentMap()
    {
        var map = SparseMap.ReadContent(input, contentLeft, out var taken);
        contentLeft -= taken;
        return map;
    }

    /// <summary>0 for a map in the extended header, 1 for one in the content; null for no sparse file, or one of an unknown version.</summary>
    private static int? SparseVersion(PaxRecords records) => (records["GNU.sparse.major"], records["GNU.sparse.minor"]) switch
    {
        ("0", "0" or "1") => 0,
        ("1", "0") => 1,
        ("", "") when records[PaxRecords.SparseMap].Length > 0 => 0,
        _ => null,
    };
}
