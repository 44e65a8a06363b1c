using System.Collections;

namespace Cove.Volumes.Stores;

/// <summary>A block of a volume in memory, with which of its sectors were written. Its content is used by whoever holds its gate.</summary>
internal sealed class CacheBlock(long index, byte[] data, int length, int sectorBytes)
{
    private readonly BitArray dirty = new((length + sectorBytes - 1) / sectorBytes);

    public long Index => index;

    public byte[] Data => data;

    public Memory<byte> Content => data.AsMemory(0, length);

    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Whether the content is that of the store, with what was written since.</summary>
    public bool IsLoaded { get; set; }

    /// <summary>How many use it now; the table's.</summary>
    public int Users { get; set; }

    public void Write(int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(data.AsSpan(at));
        lock (dirty)
        {
            for (var sector = at / sectorBytes; sector <= (at + bytes.Length - 1) / sectorBytes; sector++) dirty[sector] = true;
        }

        IsLoaded = IsLoaded || bytes.Length == length;
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
}
