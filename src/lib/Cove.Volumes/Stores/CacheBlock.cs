using System.Collections;
using System.Security.Cryptography;

namespace Cove.Volumes.Stores;

/// <summary>A block of a volume in memory, with which of its sectors were written. Its content is used by whoever holds its gate.</summary>
internal sealed class CacheBlock(long index, byte[] data, int length, BlockCacheOptions options, IBlockCoding coding)
{
    private const int LargestUnit = 4096;

    private readonly int sectorBytes = options.SectorBytes;
    private readonly long start = index * options.BlockBytes;
    private readonly BitArray dirty = new((length + options.SectorBytes - 1) / options.SectorBytes);
    private volatile bool loaded;
    private long bytesRead;

    public long Index => index;

    public byte[] Data => data;

    public Memory<byte> Content => data.AsMemory(0, length);

    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Whether the content is that of the store, with what was written since.</summary>
    public bool IsLoaded
    {
        get => loaded;
        set => loaded = value;
    }

    /// <summary>How many use it now; the table's.</summary>
    public int Users { get; set; }

    /// <summary>Copies out what is at this place.</summary>
    public void Read(int at, Span<byte> bytes)
    {
        Interlocked.Add(ref bytesRead, bytes.Length);
        while (bytes.Length > 0)
        {
            var done = WholeUnits(at, bytes.Length);
            if (done > 0) coding.Decode(start + at, data.AsSpan(at, done), bytes[..done]);
            else done = ReadPart(at, bytes);
            at += done;
            bytes = bytes[done..];
        }
    }

    /// <summary>Puts bytes at this place. Where they are not whole units the block is loaded.</summary>
    public void Write(int at, ReadOnlySpan<byte> bytes)
    {
        var whole = bytes.Length == length;
        while (bytes.Length > 0)
        {
            var done = WholeUnits(at, bytes.Length);
            if (done > 0)
            {
                coding.Encode(start + at, bytes[..done], data.AsSpan(at, done));
                MarkWritten(at, done);
            }
            else
            {
                done = WritePart(at, bytes);
            }

            at += done;
            bytes = bytes[done..];
        }

        IsLoaded = IsLoaded || whole;
    }

    /// <summary>The written sectors, neighbours together.</summary>
    public IReadOnlyList<(int At, int Length)> DirtyRuns()
    {
        var runs = new List<(int, int)>();
        for (var sector = 0; sector < dirty.Length; sector++)
        {
            if (!dirty[sector]) continue;
            var first = sector;
            while (sector + 1 < dirty.Length && dirty[sector + 1]) sector++;
            runs.Add((first * sectorBytes, Math.Min((sector + 1) * sectorBytes, length) - (first * sectorBytes)));
        }

        return runs;
    }

    /// <summary>Whether as many bytes were read as it has, since this last was so.</summary>
    public bool TakeReadWhole()
    {
        if (Interlocked.Read(ref bytesRead) < length) return false;
        Interlocked.Exchange(ref bytesRead, 0);
        return true;
    }

    public void MarkClean(int at, int bytes)
    {
        lock (dirty)
        {
            for (var sector = at / sectorBytes; sector * sectorBytes < at + bytes; sector++) dirty[sector] = false;
        }
    }

    /// <summary>Whether a sector was written and has not been written back.</summary>
    public bool HasWrites()
    {
        lock (dirty) return dirty.HasAnySet();
    }

    private int WholeUnits(int at, int bytes) => at % coding.Unit == 0 ? bytes - (bytes % coding.Unit) : 0;

    private int ReadPart(int at, Span<byte> bytes)
    {
        var within = at % coding.Unit;
        Span<byte> unit = stackalloc byte[LargestUnit];
        unit = unit[..coding.Unit];
        coding.Decode(start + at - within, data.AsSpan(at - within, unit.Length), unit);
        var done = Math.Min(bytes.Length, unit.Length - within);
        unit.Slice(within, done).CopyTo(bytes);
        CryptographicOperations.ZeroMemory(unit);
        return done;
    }

    private int WritePart(int at, ReadOnlySpan<byte> bytes)
    {
        var within = at % coding.Unit;
        Span<byte> unit = stackalloc byte[LargestUnit];
        unit = unit[..coding.Unit];
        var held = data.AsSpan(at - within, unit.Length);
        coding.Decode(start + at - within, held, unit);
        var done = Math.Min(bytes.Length, unit.Length - within);
        bytes[..done].CopyTo(unit[within..]);
        coding.Encode(start + at - within, unit, held);
        CryptographicOperations.ZeroMemory(unit);
        MarkWritten(at - within, unit.Length);
        return done;
    }

    private void MarkWritten(int at, int bytes)
    {
        lock (dirty)
        {
            for (var sector = at / sectorBytes; sector * sectorBytes < at + bytes; sector++) dirty[sector] = true;
        }
    }
}
