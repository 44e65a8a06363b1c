namespace Cove.Volumes.Stores;

/// <summary>Sizes of a cache. The defaults hold 32 MiB.</summary>
public sealed record BlockCacheOptions
{
    /// <summary>Bytes of a block: what is fetched at once. A multiple of the sector.</summary>
    public int BlockBytes { get; init; } = 512 * 1024;

    /// <summary>Blocks held.</summary>
    public int Blocks { get; init; } = 64;

    /// <summary>Blocks fetched ahead of a sequential reader; 0 for none. Less than half of those held.</summary>
    public int ReadAhead { get; init; } = 4;

    /// <summary>Bytes of a sector: the least that is written back.</summary>
    public int SectorBytes { get; init; } = 4096;
}
