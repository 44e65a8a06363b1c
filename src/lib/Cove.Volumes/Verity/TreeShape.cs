namespace Cove.Volumes.Verity;

/// <summary>Where the blocks of a dm-verity tree are: version 1, without superblock, directly behind the data, the level of one block first.</summary>
internal sealed class TreeShape
{
    /// <summary>Digests in a block of the tree.</summary>
    public const int Fanout = VolumeVerity.BlockBytes / VolumeVerity.RootBytes;

    private readonly List<long> counts = [];
    private readonly long[] starts;

    /// <param name="dataBlocks">Blocks of data, at least one.</param>
    public TreeShape(long dataBlocks)
    {
        var blocks = dataBlocks;
        do
        {
            blocks = (blocks + Fanout - 1) / Fanout;
            counts.Add(blocks);
        }
        while (blocks > 1);

        starts = new long[counts.Count];
        TotalBlocks = dataBlocks;
        for (var level = counts.Count - 1; level >= 0; level--)
        {
            starts[level] = TotalBlocks;
            TotalBlocks += counts[level];
        }
    }

    /// <summary>Levels; level 0 holds the digests of data.</summary>
    public int Levels => counts.Count;

    /// <summary>Blocks of data and tree.</summary>
    public long TotalBlocks { get; }

    /// <summary>Blocks of a level.</summary>
    public long Count(int level) => counts[level];

    /// <summary>The place of a level's first block, in bytes from the start of the data.</summary>
    public long Offset(int level) => starts[level] * VolumeVerity.BlockBytes;
}
