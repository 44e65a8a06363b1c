using System.Buffers.Binary;
using static Cove.Images.Ext4.Ext4Format;

namespace Cove.Images.Ext4;

/// <summary>What the superblock and the descriptors say, known when everything else is written (container-policy specification, 5.7).</summary>
internal sealed record ImageHead
{
    private const int SuperblockOffset = 1024;
    private const ushort ExtraInodeSize = 24;

    public required GroupLayout Layout { get; init; }

    /// <summary>Blocks of the image.</summary>
    public required uint Blocks { get; init; }

    public required uint FreeBlocks { get; init; }

    public required uint FreeInodes { get; init; }

    /// <summary>One descriptor of 32 bytes a group.</summary>
    public required byte[] Descriptors { get; init; }

    /// <summary>Block 0 and the blocks reserved for descriptors.</summary>
    public byte[] Write(uint descriptorBlocks)
    {
        var head = new byte[(1 + descriptorBlocks) * BlockSize];
        Descriptors.CopyTo(head, BlockSize);
        var super = head.AsSpan(SuperblockOffset);
        U32(super, 0, Layout.Groups * Layout.InodesPerGroup);
        U32(super, 4, Blocks);
        U32(super, 12, FreeBlocks);
        U32(super, 16, FreeInodes);
        U32(super, 24, 2); // block size is 1024 << 2
        U32(super, 28, 2);
        U32(super, 32, BlocksPerGroup);
        U32(super, 36, BlocksPerGroup);
        U32(super, 40, Layout.InodesPerGroup);
        U16(super, 56, 0xEF53);
        U16(super, 58, 1); // cleanly unmounted
        U16(super, 60, 1); // continue on errors
        U32(super, 76, 1); // revision with inode sizes
        U32(super, 84, FirstInode);
        U16(super, 88, InodeSize);
        U32(super, 92, 0x208); // SPARSE_SUPER2, EXT_ATTR
        U32(super, 96, 0x242); // FILETYPE, EXTENTS, FLEX_BG
        U32(super, 100, 0x104A); // LARGE_FILE, HUGE_FILE, EXTRA_ISIZE, READONLY
        U16(super, 348, ExtraInodeSize);
        U16(super, 350, ExtraInodeSize);
        super[372] = 31; // log2 of groups per flex group
        U32(super, 616, FirstInode); // lost+found
        return head;
    }

    private static void U16(Span<byte> block, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(block[offset..], value);

    private static void U32(Span<byte> block, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(block[offset..], value);
}
