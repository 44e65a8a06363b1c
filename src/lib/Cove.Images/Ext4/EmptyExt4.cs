using System.Buffers.Binary;
using Cove.Outcomes;
using static Cove.Images.Ext4.Ext4Format;

namespace Cove.Images.Ext4;

/// <summary>
/// Makes an empty ext4 file system for space that is thrown away: no journal, no copies of the superblock, and inode tables as the disk has
/// them, because the kernel writes an inode whole when it gives it out. About 8 KiB are written for each 128 MiB.
/// </summary>
public static class EmptyExt4
{
    /// <summary>The smallest disk that takes one, in bytes.</summary>
    public const long MinimumSize = 4L << 20;

    /// <summary>The largest disk, in bytes.</summary>
    public const long MaximumSize = 8L << 40;

    private const uint InodesPerGroup = 4096;
    private const uint TableBlocksPerGroup = InodesPerGroup / InodesPerBlock;
    private const int SuperblockOffset = 1024;
    private const int UsedInodes = (int)FirstInode;

    /// <summary>A last group smaller than this is left out.</summary>
    private const uint LeastBlocksOfGroup = 64;

    /// <summary>Formats a disk.</summary>
    /// <param name="disk">Writable, and able to seek; what it holds is lost.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <exception cref="MalformedException">The size is under <see cref="MinimumSize"/> or over <see cref="MaximumSize"/>.</exception>
    public static void Format(Stream disk, long size)
    {
        ArgumentNullException.ThrowIfNull(disk);
        if (size is < MinimumSize or > MaximumSize) throw new MalformedException("scratch disk", "size", $"is {size} bytes, expected {MinimumSize} to {MaximumSize}");
        var blocks = (uint)Math.Min(size / BlockSize, uint.MaxValue);
        if (blocks > BlocksPerGroup && blocks % BlocksPerGroup is > 0 and < LeastBlocksOfGroup) blocks -= blocks % BlocksPerGroup;
        var groups = (blocks + BlocksPerGroup - 1) / BlocksPerGroup;
        var place = new Places(blocks, groups, (groups + DescriptorsPerBlock - 1) / DescriptorsPerBlock);
        WriteInodes(disk, place);
        var (descriptors, free) = WriteBitmaps(disk, place);
        Write(disk, 1, descriptors);
        Write(disk, 0, Superblock(place, free));
        disk.Flush();
    }

    /// <summary>Where everything is: superblock, descriptors, block bitmaps, inode bitmaps, inode tables, then two folders of one block each.</summary>
    private sealed record Places(uint Blocks, uint Groups, uint DescriptorBlocks)
    {
        public uint BlockBitmaps => 1 + DescriptorBlocks;

        public uint InodeBitmaps => BlockBitmaps + Groups;

        public uint Tables => InodeBitmaps + Groups;

        public uint Root => Tables + (Groups * TableBlocksPerGroup);

        public uint LostAndFound => Root + 1;

        public uint Used => LostAndFound + 1;
    }

    private static void WriteInodes(Stream disk, Places place)
    {
        var table = new byte[BlockSize];
        Folder(RootInode, 0x1ED, links: 3, place.Root);
        Folder(FirstInode, 0x1C0, links: 2, place.LostAndFound);
        Write(disk, place.Tables, table);
        Write(disk, place.Root, FolderBlock((RootInode, "."), (RootInode, ".."), (FirstInode, "lost+found")));
        Write(disk, place.LostAndFound, FolderBlock((FirstInode, "."), (RootInode, "..")));

        void Folder(uint number, ushort mode, uint links, uint block) => InodeRecord.Write(
            new Inode(number, new InodeAttributes { Mode = (ushort)(Ext4Format.Directory | mode) })
            {
                Size = BlockSize, Blocks = 1, Links = links, Flags = HugeFileFlag | ExtentsFlag, BlockField = Extents.Root(block, 1),
            },
            table.AsSpan((int)(number - 1) * InodeSize, InodeSize));
    }

    private static byte[] FolderBlock(params (uint Inode, string Name)[] entries)
    {
        var block = new byte[BlockSize];
        var at = 0;
        for (var i = 0; i < entries.Length; i++)
        {
            var (inode, name) = entries[i];
            var length = i == entries.Length - 1 ? BlockSize - at : 8 + RoundUp4(name.Length);
            U32(block, at, inode);
            U16(block, at + 4, (ushort)length);
            block[at + 6] = (byte)name.Length;
            block[at + 7] = 2; // a directory
            System.Text.Encoding.ASCII.GetBytes(name, block.AsSpan(at + 8));
            at += length;
        }

        return block;
    }

    private static (byte[] Descriptors, uint Free) WriteBitmaps(Stream disk, Places place)
    {
        var descriptors = new byte[place.DescriptorBlocks * BlockSize];
        var bitmap = new byte[BlockSize];
        var allFree = 0u;
        for (var group = 0u; group < place.Groups; group++)
        {
            var first = group * BlocksPerGroup;
            var inGroup = Math.Min(BlocksPerGroup, place.Blocks - first);
            var used = Math.Min(inGroup, place.Used > first ? place.Used - first : 0);
            bitmap.AsSpan().Clear();
            SetBits(bitmap, 0, used);
            SetBits(bitmap, inGroup, BlocksPerGroup);
            Write(disk, place.BlockBitmaps + group, bitmap);

            var inodes = group == 0 ? (uint)UsedInodes : 0;
            bitmap.AsSpan().Clear();
            SetBits(bitmap, 0, inodes);
            SetBits(bitmap, InodesPerGroup, BlocksPerGroup);
            Write(disk, place.InodeBitmaps + group, bitmap);

            allFree += inGroup - used;
            var descriptor = descriptors.AsSpan((int)group * GroupDescriptorSize);
            U32(descriptor, 0, place.BlockBitmaps + group);
            U32(descriptor, 4, place.InodeBitmaps + group);
            U32(descriptor, 8, place.Tables + (group * TableBlocksPerGroup));
            U16(descriptor, 12, (ushort)(inGroup - used));
            U16(descriptor, 14, (ushort)(InodesPerGroup - inodes));
            U16(descriptor, 16, (ushort)(group == 0 ? 2 : 0));
        }

        return (descriptors, allFree);
    }

    private static byte[] Superblock(Places place, uint free)
    {
        var block = new byte[BlockSize];
        var super = block.AsSpan(SuperblockOffset);
        U32(super, 0, place.Groups * InodesPerGroup);
        U32(super, 4, place.Blocks);
        U32(super, 12, free);
        U32(super, 16, (place.Groups * InodesPerGroup) - UsedInodes);
        U32(super, 24, 2); // block size is 1024 << 2
        U32(super, 28, 2);
        U32(super, 32, BlocksPerGroup);
        U32(super, 36, BlocksPerGroup);
        U32(super, 40, InodesPerGroup);
        U16(super, 54, ushort.MaxValue); // no limit of mounts between checks
        U16(super, 56, 0xEF53);
        U16(super, 58, 1); // cleanly unmounted
        U16(super, 60, 2); // read-only on errors
        U32(super, 76, 1); // revision with inode sizes
        U32(super, 84, FirstInode);
        U16(super, 88, InodeSize);
        U32(super, 92, 0x208); // SPARSE_SUPER2, EXT_ATTR
        U32(super, 96, 0x242); // FILETYPE, EXTENTS, FLEX_BG
        U32(super, 100, 0x6A); // LARGE_FILE, HUGE_FILE, DIR_NLINK, EXTRA_ISIZE
        U16(super, 348, 24); // least room for attributes in an inode
        U16(super, 350, 32);
        super[372] = 4; // log2 of groups per flex group
        return block;
    }

    private static void SetBits(Span<byte> bitmap, uint from, uint to)
    {
        for (; from < to && from % 8 != 0; from++) bitmap[(int)(from / 8)] |= (byte)(1 << (int)(from % 8));
        if (from >= to) return;
        bitmap[(int)(from / 8)..(int)(to / 8)].Fill(0xFF);
        for (from = to / 8 * 8; from < to; from++) bitmap[(int)(from / 8)] |= (byte)(1 << (int)(from % 8));
    }

    private static void Write(Stream disk, uint block, ReadOnlySpan<byte> content)
    {
        disk.Position = (long)block * BlockSize;
        disk.Write(content);
    }

    private static void U16(Span<byte> at, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(at[offset..], value);

    private static void U32(Span<byte> at, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(at[offset..], value);
}
