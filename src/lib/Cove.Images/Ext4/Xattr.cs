using System.Buffers.Binary;
using Cove.Images.Tar;

namespace Cove.Images.Ext4;

/// <summary>An extended attribute as ext4 stores it: a well-known prefix by its index, and the rest of the name.</summary>
internal sealed record Xattr(byte Index, string ShortName, byte[] Value)
{
    public const uint Magic = 0xEA020000;
    private const int EntryHeader = 16;

    // In this order: the first that fits is taken.
    private static readonly (byte Index, string Prefix)[] Prefixes =
    [
        (2, "system.posix_acl_access"), (3, "system.posix_acl_default"), (8, "system.richacl"), (7, "system."),
        (1, "user."), (4, "trusted."), (6, "security."),
    ];

    public string FullName => Array.Find(Prefixes, p => p.Index == Index).Prefix + ShortName;

    /// <summary>Bytes taken in the list of names.</summary>
    public int EntryLength => EntryHeader + Ext4Format.RoundUp4(ShortName.Length);

    /// <summary>Bytes taken in the area of values.</summary>
    public int ValueLength => Ext4Format.RoundUp4(Value.Length);

    public static Xattr Of(string fullName, byte[] value)
    {
        foreach (var (index, prefix) in Prefixes)
        {
            if (fullName.StartsWith(prefix, StringComparison.Ordinal)) return new Xattr(index, fullName[prefix.Length..], value);
        }

        return new Xattr(0, fullName, value);
    }

    /// <summary>Writes names from the front and values from the back of an area; offsets count from <paramref name="origin"/> bytes before it.</summary>
    public static void Write(IReadOnlyList<Xattr> attributes, Span<byte> area, int origin)
    {
        var (at, end) = (0, area.Length);
        foreach (var attribute in attributes)
        {
            end -= attribute.ValueLength;
            var entry = area[at..];
            entry[0] = (byte)attribute.ShortName.Length;
            entry[1] = attribute.Index;
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], (ushort)(end + origin));
            BinaryPrimitives.WriteInt32LittleEndian(entry[8..], attribute.Value.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[12..], attribute.Hash());
            ByteText.ToBytes(attribute.ShortName).CopyTo(entry[EntryHeader..]);
            attribute.Value.CopyTo(area[end..]);
            at += attribute.EntryLength;
        }
    }

    private uint Hash()
    {
        var hash = 0u;
        foreach (var c in ShortName) hash = (hash << 5) ^ (hash >> 27) ^ c;
        Span<byte> word = stackalloc byte[4];
        for (var i = 0; i < Value.Length; i += 4)
        {
            word.Clear();
            Value.AsSpan(i, Math.Min(4, Value.Length - i)).CopyTo(word);
            hash = (hash << 16) ^ (hash >> 16) ^ BinaryPrimitives.ReadUInt32LittleEndian(word);
        }

        return hash;
    }
}
