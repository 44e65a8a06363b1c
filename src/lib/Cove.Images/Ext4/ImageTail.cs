using System.Buffers.Binary;
using Cove.Images.Verity;
using static Cove.Images.Ext4.Ext4Format;

namespace Cove.Images.Ext4;

/// <summary>Writes what follows the directories: the inode table, the bitmaps of every group, and zeros to the end of the image.</summary>
internal sealed class ImageTail(BlockPipeline output, IReadOnlyList<Inode?> inodes, uint descriptorBlocks)
{
    /// <summary>Null when the groups need more descriptors than are reserved: the image is larger than the disk.</summary>
    public ImageHead? Write()
    {
        var table = (uint)(output.Position / BlockSize);
        var layout = GroupLayout.For(table, (uint)inodes.Count);
        var usedDescriptorBlocks = ((layout.Groups - 1) / DescriptorsPerBlock) + 1;
        if (usedDescriptorBlocks > descriptorBlocks) return null;
        WriteTable(layout);

        var bitmaps = (uint)(output.Position / BlockSize);
        var valid = bitmaps + (layout.Groups * 2);
        var disk = Math.Max(valid, ((layout.Groups - 1) * BlocksPerGroup) + 1);
        var descriptors = new byte[layout.Groups * GroupDescriptorSize];
        var (freeBlocks, freeInodes) = (0u, 0u);
        for (var group = 0u; group < layout.Groups; group++)
        {
            var blockBitmap = BlockBitmap(group, layout.Groups, valid, disk, usedDescriptorBlocks);
            var inodeBitmap = InodeBitmap(group, layout.InodesPerGroup, out var directories);
            output.Write(blockBitmap);
            output.Write(inodeBitmap);
            var groupFreeBlocks = BlocksPerGroup - CountBits(blockBitmap);
            var groupFreeInodes = layout.InodesPerGroup - CountBits(inodeBitmap);
            freeBlocks += groupFreeBlocks;
            freeInodes += groupFreeInodes;
            var descriptor = descriptors.AsSpan((int)group * GroupDescriptorSize);
            BinaryPrimitives.WriteUInt32LittleEndian(descriptor, bitmaps + (2 * group));
            BinaryPrimitives.WriteUInt32LittleEndian(descriptor[4..], bitmaps + (2 * group) + 1);
            BinaryPrimitives.WriteUInt32LittleEndian(descriptor[8..], table + (group * layout.TableBlocksPerGroup));
            BinaryPrimitives.WriteUInt16LittleEndian(descriptor[12..], (ushort)groupFreeBlocks);
            BinaryPrimitives.WriteUInt16LittleEndian(descriptor[14..], (ushort)groupFreeInodes);
            BinaryPrimitives.WriteUInt16LittleEndian(descriptor[16..], (ushort)directories);
        }

        output.WriteZeros((long)(disk - valid) * BlockSize);
        return new ImageHead { Layout = layout, Blocks = disk, FreeBlocks = freeBlocks, FreeInodes = freeInodes, Descriptors = descriptors };
    }

    private static uint CountBits(ReadOnlySpan<byte> bitmap)
    {
        var count = 0u;
        foreach (var b in bitmap) count += (uint)System.Numerics.BitOperations.PopCount(b);
        return count;
    }

    private static void SetBits(Span<byte> bitmap, uint from, uint to)
    {
        for (var bit = from; bit < to; bit++) bitmap[(int)(bit / 8)] |= (byte)(1 << (int)(bit % 8));
    }

    private void WriteTable(GroupLayout layout)
    {
        Span<byte> record = stackalloc byte[InodeSize];
        foreach (var inode in inodes)
        {
            record.Clear();
            if (inode is not null) InodeRecord.Write(inode, record);
            output.Write(record);
        }

        output.WriteZeros(((long)layout.Groups * layout.InodesPerGroup * InodeSize) - ((long)inodes.Count * InodeSize));
    }

    private byte[] BlockBitmap(uint group, uint groups, uint valid, uint disk, uint usedDescriptorBlocks)
    {
        var bitmap = new byte[BlockSize];
        var start = group * BlocksPerGroup;
        if (valid > start) SetBits(bitmap, 0, Math.Min(BlocksPerGroup, valid - start));
        if (group == 0)
        {
            // Descriptor blocks beyond those in use are free.
            for (var bit = 1 + usedDescriptorBlocks; bit < 1 + descriptorBlocks; bit++) bitmap[bit / 8] &= (byte)~(1 << (int)(bit % 8));
        }

        if (group == groups - 1 && disk % BlocksPerGroup != 0) SetBits(bitmap, disk % BlocksPerGroup, BlocksPerGroup);
        return bitmap;
    }

    private byte[] InodeBitmap(uint group, uint perGroup, out uint directories)
    {
        var bitmap = new byte[BlockSize];
        directories = 0;
        for (var i = 0u; i < perGroup; i++)
        {
            var number = 1 + (group * perGroup) + i;
            var inode = number <= inodes.Count ? inodes[(int)number - 1] : null;
            if (number < FirstInode || inode is not null) SetBits(bitmap, i, i + 1);
            if (inode is { IsDirectory: true }) directories++;
        }

        return bitmap;
    }
}
