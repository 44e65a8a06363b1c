using System.Text;
using Cove.Outcomes;

namespace Cove.Images.Tar;

/// <summary>Where the stored pieces of a sparse file lie in its logical content: GNU old style, and PAX formats 0.0, 0.1 and 1.0.</summary>
internal sealed class SparseMap
{
    private const int EntrySize = 24;

    private readonly List<(long Offset, long Length)> pieces = [];

    private SparseMap()
    {
    }

    /// <summary>Reads the map of an old GNU sparse header, and the extension blocks that follow it.</summary>
    public static SparseMap ReadOldGnu(TarHeader header, TarInput input, long offset)
    {
        var map = new SparseMap();
        var block = new byte[TarHeader.BlockSize];
        var table = header.GnuSparse;
        for (var total = 0; ; total += TarHeader.BlockSize)
        {
            if (total > TarLimits.MaximumHeaderData) throw Wrong($"is over {TarLimits.MaximumHeaderData} bytes", offset);
            var entries = table.Length / EntrySize;
            for (var i = 0; i < entries; i++)
            {
                var entry = table.Slice(i * EntrySize, EntrySize);
                if (entry[0] == 0) break;
                if (!TarNumber.TryParse(entry[..12], out var start) || !TarNumber.TryParse(entry[12..], out var length))
                    throw Wrong("holds no numbers", offset);
                map.pieces.Add((start, length));
            }

            if (table[entries * EntrySize] == 0) return map;
            input.ReadExactly(block, "sparse map");
            table = block;
        }
    }

    /// <summary>Reads formats 0.0 and 0.1, whose map is in the extended header.</summary>
    public static SparseMap ReadRecords(PaxRecords records, long offset)
    {
        var map = new SparseMap();
        var text = records[PaxRecords.SparseMap];
        var numbers = text.Length == 0 ? [] : text.Split(',');
        if (!TarNumber.TryDecimal(records["GNU.sparse.numblocks"], out var count) || count < 0 || numbers.Length % 2 != 0 || numbers.Length / 2 != count)
            throw Wrong("has another number of entries than it says", offset);
        for (var i = 0; i < numbers.Length; i += 2) map.Add(numbers[i], numbers[i + 1], offset);
        return map;
    }

    /// <summary>Reads format 1.0, whose map stands in front of the content, padded to a block. Says how many bytes it took.</summary>
    public static SparseMap ReadContent(TarInput input, long available, out long taken)
    {
        var map = new SparseMap();
        var offset = input.Offset;
        var lines = new Lines(input, available);
        if (!TarNumber.TryDecimal(lines.Next(), out var count) || count < 0) throw Wrong("does not begin with a count", offset);
        for (var i = 0L; i < count; i++) map.Add(lines.Next(), lines.Next(), offset);
        taken = lines.Taken;
        return map;
    }

    /// <summary>The pieces and the holes between them, in order.</summary>
    /// <exception cref="MalformedException">Pieces overlap, leave the file, or hold another number of bytes than are stored.</exception>
    public List<TarRun> ToRuns(long size, long stored, long offset)
    {
        if (size < 0) throw Wrong("belongs to a file of negative size", offset);
        List<TarRun> runs = [];
        long position = 0, sum = 0;
        foreach (var (start, length) in pieces)
        {
            if (start < position || length < 0 || start > size || length > size - start) throw Wrong("overlaps itself or leaves the file", offset);
            if (start > position) runs.Add(new TarRun(start - position, IsHole: true));
            if (length > 0) runs.Add(new TarRun(length, IsHole: false));
            position = start + length;
            sum += length;
        }

        if (size > position) runs.Add(new TarRun(size - position, IsHole: true));
        return sum == stored ? runs : throw Wrong($"names {sum} bytes, but {stored} are stored", offset);
    }

    private static MalformedException Wrong(string problem, long offset) => new("tar", "sparse map", problem, offset);

    private void Add(string start, string length, long offset)
    {
        if (!TarNumber.TryDecimal(start, out var from) || !TarNumber.TryDecimal(length, out var count)) throw Wrong("holds no numbers", offset);
        pieces.Add((from, count));
    }

    private sealed class Lines(TarInput input, long available)
    {
        private readonly byte[] block = new byte[TarHeader.BlockSize];
        private int position = TarHeader.BlockSize;

        public long Taken { get; private set; }

        public string Next()
        {
            var line = new StringBuilder();
            while (true)
            {
                if (position == block.Length) ReadBlock();
                var b = block[position++];
                if (b == '\n') return line.ToString();
                line.Append((char)b);
            }
        }

        private void ReadBlock()
        {
            if (Taken + block.Length > Math.Min(available, TarLimits.MaximumHeaderData)) throw Wrong("does not end", input.Offset);
            input.ReadExactly(block, "sparse map");
            Taken += block.Length;
            position = 0;
        }
    }
}
