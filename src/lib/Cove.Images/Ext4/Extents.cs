using System.Buffers.Binary;

namespace Cove.Images.Ext4;

/// <summary>The extent tree of a file whose blocks are consecutive: in the inode up to four extents, else in one leaf block.</summary>
internal static class Extents
{
    public const uint BlocksPerExtent = 0x8000;
    private const int NodeSize = 12;
    private const int RootCapacity = 4;
    private const int LeafCapacity = (Ext4Format.BlockSize / NodeSize) - 1;

    /// <summary>Beyond this the reference writes trees that are not valid, so such files are refused (about 42 GiB).</summary>
    public const long MaximumBlocks = (LeafCapacity - 1L) * BlocksPerExtent;

    public static bool NeedsLeaf(uint blocks) => Count(blocks) > RootCapacity;

    /// <summary>The 60 bytes of a root that lists the extents itself.</summary>
    public static byte[] Root(uint start, uint blocks)
    {
        var root = new byte[NodeSize * (RootCapacity + 1)];
        Fill(root, RootCapacity, start, blocks);
        return root;
    }

    /// <summary>The 60 bytes of a root that names one leaf block.</summary>
    public static byte[] RootOfLeaf(uint leafBlock)
    {
        var root = new byte[NodeSize * (RootCapacity + 1)];
        Header(root, 1, RootCapacity, depth: 1);
        BinaryPrimitives.WriteUInt32LittleEndian(root.AsSpan(NodeSize + 4), leafBlock);
        return root;
    }

    public static byte[] Leaf(uint start, uint blocks)
    {
        var leaf = new byte[Ext4Format.BlockSize];
        Fill(leaf, LeafCapacity, start, blocks);
        return leaf;
    }

    private static uint Count(uint blocks) => (blocks + BlocksPerExtent - 1) / BlocksPerExtent;

    private static void Fill(Span<byte> node, int capacity, uint start, uint blocks)
    {
        var count = Count(blocks);
        Header(node, (ushort)count, (ushort)capacity, depth: 0);
        for (var i = 0u; i < count; i++)
        {
            var extent = node[(NodeSize * (int)(i + 1))..];
            var first = i * BlocksPerExtent;
            BinaryPrimitives.WriteUInt32LittleEndian(extent, first);
            BinaryPrimitives.WriteUInt16LittleEndian(extent[4..], (ushort)Math.Min(BlocksPerExtent, blocks - first));
            BinaryPrimitives.WriteUInt32LittleEndian(extent[8..], start + first);
        }
    }

    private static void Header(Span<byte> node, ushort entries, ushort capacity, ushort depth)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(node, 0xF30A);
        BinaryPrimitives.WriteUInt16LittleEndian(node[2..], entries);
        BinaryPrimitives.WriteUInt16LittleEndian(node[4..], capacity);
        BinaryPrimitives.WriteUInt16LittleEndian(node[6..], depth);
    }
}
