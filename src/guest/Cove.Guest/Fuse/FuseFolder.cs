using System.Buffers.Binary;
using System.Text;

namespace Cove.Guest.Fuse;

/// <summary>The two nodes of a mount: its folder, and the file in it.</summary>
internal static class FuseFolder
{
    public const ulong Root = 1;
    public const ulong File = 2;
    public const string FileName = "data";

    private const int EntryHeader = 24;
    private const uint FolderMode = 0x4000 | 0b101_000_000;
    private const uint ReadOnlyMode = 0x8000 | 0b100_000_000;
    private const uint WritableMode = 0x8000 | 0b110_000_000;
    private const uint BlockSize = 4096;

    public static FuseAttributes Attributes(ulong node, FuseFile file) => node == Root
        ? new FuseAttributes { Node = Root, Mode = FolderMode, Links = 2, BlockSize = BlockSize }
        : new FuseAttributes
        {
            Node = File,
            Size = (ulong)file.Length,
            Blocks = ((ulong)file.Length + 511) / 512,
            Mode = file.IsWritable ? WritableMode : ReadOnlyMode,
            Links = 1,
            BlockSize = BlockSize,
        };

    /// <summary>Writes the entries from this place on.</summary>
    public static int List(ulong from, Span<byte> output)
    {
        ReadOnlySpan<(ulong Node, uint Type, string Name)> entries = [(Root, 4, "."), (Root, 4, ".."), (File, 8, FileName)];
        var at = 0;
        for (var i = from; i < (ulong)entries.Length; i++)
        {
            var (node, type, name) = entries[(int)i];
            var size = (EntryHeader + name.Length + 7) & ~7;
            if (at + size > output.Length) break;
            var entry = output.Slice(at, size);
            entry.Clear();
            BinaryPrimitives.WriteUInt64LittleEndian(entry, node);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], i + 1);
            BinaryPrimitives.WriteInt32LittleEndian(entry[16..], name.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[20..], type);
            Encoding.ASCII.GetBytes(name, entry[EntryHeader..]);
            at += size;
        }

        return at;
    }
}
