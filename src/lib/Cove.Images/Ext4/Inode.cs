using System.Collections.Immutable;

namespace Cove.Images.Ext4;

/// <summary>The attributes of a file, with its type in the mode, as an entry brings them.</summary>
internal sealed record InodeAttributes
{
    public required ushort Mode { get; init; }

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    public ulong Accessed { get; init; }

    public ulong Changed { get; init; }

    public ulong Modified { get; init; }

    public ulong Created { get; init; }

    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    /// <summary>By full name, e.g. <c>security.capability</c>; names are byte strings.</summary>
    public IReadOnlyDictionary<string, byte[]> Extended { get; init; } = ImmutableDictionary<string, byte[]>.Empty;

    public ushort Type => (ushort)(Mode & Ext4Format.TypeMask);
}

/// <summary>A file's state while the image grows: all that is kept in memory of it.</summary>
internal sealed class Inode(uint number, InodeAttributes attributes)
{
    public uint Number { get; } = number;

    public InodeAttributes Attributes { get; set; } = attributes;

    public long Size { get; set; }

    public uint Links { get; set; }

    /// <summary>Blocks of 4096 bytes: content, extent leaf and attribute block.</summary>
    public uint Blocks { get; set; }

    public uint Flags { get; set; } = Ext4Format.HugeFileFlag;

    /// <summary>What the 60 bytes of i_block hold: an extent root or a short link target.</summary>
    public byte[] BlockField { get; set; } = [];

    public IReadOnlyList<Xattr> InlineXattrs { get; set; } = [];

    public IReadOnlyList<Xattr> BlockXattrs { get; set; } = [];

    public uint XattrBlock { get; set; }

    /// <summary>Entries by name (a byte string); null for anything but a directory.</summary>
    public Dictionary<string, Inode>? Children { get; set; }

    public bool IsDirectory => Children is not null;

    public bool HasExtents => (Flags & Ext4Format.ExtentsFlag) != 0;

    /// <summary>The children as directories list them: by number, then by name.</summary>
    public List<KeyValuePair<string, Inode>> SortedChildren()
    {
        var sorted = new List<KeyValuePair<string, Inode>>(Children!);
        sorted.Sort(static (a, b) => a.Value.Number != b.Value.Number ? a.Value.Number.CompareTo(b.Value.Number) : string.CompareOrdinal(a.Key, b.Key));
        return sorted;
    }
}
