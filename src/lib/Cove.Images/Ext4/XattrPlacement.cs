using System.Buffers.Binary;
using Cove.Images.Tar;
using Cove.Outcomes;
using static Cove.Images.Ext4.Ext4Format;

namespace Cove.Images.Ext4;

/// <summary>Which attributes go into the inode and which into the one block beside it (container-policy specification, 5.4).</summary>
internal sealed record XattrPlacement(IReadOnlyList<Xattr> Inline, IReadOnlyList<Xattr> Block)
{
    private const int InlineRoom = 96;
    private const int BlockHeader = 32;
    private const int BlockRoom = BlockSize - BlockHeader - 4;

    /// <summary>
    /// Above this many the order of the block depends on the reference's sort algorithm (its comparison is no order), so it is refused.
    /// </summary>
    private const int MaximumInBlock = 12;

    public static XattrPlacement Empty { get; } = new([], []);

    public static XattrPlacement Of(IReadOnlyDictionary<string, byte[]> attributes, string path)
    {
        if (attributes.Count == 0) return Empty;
        List<Xattr> inline = [], block = [];
        var (inlineLeft, blockLeft) = (InlineRoom, BlockRoom);
        foreach (var name in attributes.Keys.Order(StringComparer.Ordinal))
        {
            var attribute = Xattr.Of(name, attributes[name]);
            var length = attribute.EntryLength + attribute.ValueLength;
            if (attribute.ShortName.Length > MaximumName || name == "system.data") throw Wrong(path, $"{ByteText.Show(name)} has a name that ext4 does not take");
            if (inlineLeft >= length)
            {
                inline.Add(attribute);
                inlineLeft -= length;
            }
            else if (blockLeft >= length)
            {
                block.Add(attribute);
                blockLeft -= length;
            }
            else
            {
                throw Wrong(path, $"{ByteText.Show(name)} does not fit: an inode and one block of {BlockSize} bytes hold them");
            }
        }

        if (block.Count > MaximumInBlock) throw Wrong(path, $"are over {MaximumInBlock} beside those in the inode");
        InsertionSort(block);
        return new XattrPlacement(inline, block);
    }

    /// <summary>What a reader of the stored list finds: it stops at an entry whose short name is empty (a POSIX ACL).</summary>
    public static IEnumerable<Xattr> ReadBack(IReadOnlyList<Xattr> stored) => stored.TakeWhile(attribute => attribute.ShortName.Length > 0);

    public byte[] WriteBlock()
    {
        var content = new byte[BlockSize];
        BinaryPrimitives.WriteUInt32LittleEndian(content, Xattr.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(8), 1);
        Xattr.Write(Block, content.AsSpan(BlockHeader), BlockHeader);
        return content;
    }

    private static bool Before(Xattr a, Xattr b) =>
        a.Index < b.Index || a.ShortName.Length < b.ShortName.Length || string.CompareOrdinal(a.ShortName, b.ShortName) < 0;

    private static void InsertionSort(List<Xattr> list)
    {
        for (var i = 1; i < list.Count; i++)
        {
            for (var j = i; j > 0 && Before(list[j], list[j - 1]); j--) (list[j], list[j - 1]) = (list[j - 1], list[j]);
        }
    }

    private static MalformedException Wrong(string path, string problem) => new("layer tar", $"extended attributes of {ByteText.Show(path)}", problem);
}
