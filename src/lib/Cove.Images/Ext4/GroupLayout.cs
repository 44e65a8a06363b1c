using static Cove.Images.Ext4.Ext4Format;

namespace Cove.Images.Ext4;

/// <summary>How many block groups hold the image, and how many inodes each has: the fewest groups, then the fewest inodes.</summary>
internal sealed record GroupLayout(uint Groups, uint InodesPerGroup)
{
    /// <summary>Blocks of an inode table of one group.</summary>
    public uint TableBlocksPerGroup => InodesPerGroup / InodesPerBlock;

    /// <param name="blocks">Blocks in use before the inode table.</param>
    /// <param name="inodes">The highest inode number.</param>
    public static GroupLayout For(uint blocks, uint inodes)
    {
        GroupLayout? best = null;
        for (var perGroup = InodesPerBlock; perGroup <= BlocksPerGroup; perGroup += InodesPerBlock)
        {
            // Two blocks of each group are its bitmaps.
            var data = BlocksPerGroup - (perGroup / InodesPerBlock) - 2;
            var needed = Math.Max(blocks, ((ulong)(inodes - 1) / perGroup * data) + 1);
            var groups = (uint)((needed + data - 1) / data);
            if (best is null || groups < best.Groups) best = new GroupLayout(groups, perGroup);
        }

        return best!;
    }

    /// <summary>Blocks reserved behind the superblock for the descriptors of a disk of this size.</summary>
    public static uint DescriptorBlocks(long diskSize)
    {
        var blocks = ((diskSize - 1) / BlockSize) + 1;
        var groups = ((blocks - 1) / BlocksPerGroup) + 1;
        return (uint)(((groups - 1) / DescriptorsPerBlock) + 1);
    }
}
