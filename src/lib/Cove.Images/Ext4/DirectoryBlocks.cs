using System.Buffers.Binary;
using Cove.Images.Tar;
using Cove.Images.Verity;
using static Cove.Images.Ext4.Ext4Format;

namespace Cove.Images.Ext4;

/// <summary>Writes a directory's entries: linear, each block closed by an empty entry (container-policy specification, 5.6).</summary>
internal sealed class DirectoryBlocks(BlockPipeline output)
{
    private const int EntryHeader = 8;
    private const int ClosingEntry = 12;

    private readonly byte[] block = new byte[BlockSize];
    private int used;

    /// <summary>Bytes that a directory with these children takes.</summary>
    public static long SizeOf(List<KeyValuePair<string, Inode>> children)
    {
        var (blocks, used) = (1L, 2 * RoundUp4(EntryHeader + 2));
        foreach (var (name, _) in children)
        {
            var length = RoundUp4(EntryHeader + name.Length);
            if (BlockSize - used < length + ClosingEntry) (blocks, used) = (blocks + 1, 0);
            used += length;
        }

        return blocks * BlockSize;
    }

    public void Write(Inode directory, Inode parent, List<KeyValuePair<string, Inode>> children)
    {
        Add(".", directory);
        Add("..", parent);
        foreach (var (name, child) in children) Add(name, child);
        Close();
    }

    private static byte FileType(Inode inode) => inode.Attributes.Type switch
    {
        RegularFile => 1,
        Ext4Format.Directory => 2,
        CharacterDevice => 3,
        BlockDevice => 4,
        Fifo => 5,
        SymbolicLink => 7,
        _ => 0,
    };

    private void Add(string name, Inode inode)
    {
        var length = RoundUp4(EntryHeader + name.Length);
        if (BlockSize - used < length + ClosingEntry) Close();
        var entry = block.AsSpan(used);
        BinaryPrimitives.WriteUInt32LittleEndian(entry, inode.Number);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[4..], (ushort)length);
        entry[6] = (byte)name.Length;
        entry[7] = FileType(inode);
        ByteText.ToBytes(name).CopyTo(entry[EntryHeader..]);
        used += length;
    }

    private void Close()
    {
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(used + 4), (ushort)(BlockSize - used));
        output.Write(block);
        block.AsSpan().Clear();
        used = 0;
    }
}
