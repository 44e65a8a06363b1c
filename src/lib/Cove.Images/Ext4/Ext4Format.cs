namespace Cove.Images.Ext4;

/// <summary>Sizes and numbers of the one kind of ext4 that is written: 4096-byte blocks, 256-byte inodes, no journal, read-only.</summary>
internal static class Ext4Format
{
    public const int BlockSize = 4096;
    public const uint BlocksPerGroup = BlockSize * 8;
    public const int InodeSize = 256;
    public const uint InodesPerBlock = BlockSize / InodeSize;
    public const int GroupDescriptorSize = 32;
    public const uint DescriptorsPerBlock = BlockSize / GroupDescriptorSize;
    public const uint RootInode = 2;
    public const uint FirstInode = 11;
    public const uint MaximumLinks = 65000;
    public const int MaximumName = 255;
    public const int MaximumInlineLink = 59;
    public const long MaximumFileSize = 128L << 30;

    /// <summary>The disk size that policies assume: 128 GiB.</summary>
    public const long PolicyDiskSize = 128L << 30;

    public const uint HugeFileFlag = 0x40000;
    public const uint ExtentsFlag = 0x80000;

    public const ushort TypeMask = 0xF000;
    public const ushort Fifo = 0x1000;
    public const ushort CharacterDevice = 0x2000;
    public const ushort Directory = 0x4000;
    public const ushort BlockDevice = 0x6000;
    public const ushort RegularFile = 0x8000;
    public const ushort SymbolicLink = 0xA000;

    public static int RoundUp4(int length) => (length + 3) & ~3;
}
