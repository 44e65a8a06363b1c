using System.Collections.Immutable;
using Cove.Images.Ext4;
using Cove.Images.Tar;
using Cove.Outcomes;

namespace Cove.Images.Layers;

/// <summary>Turns the entries of a layer's tar into an ext4 image; whiteouts become what overlayfs understands.</summary>
internal sealed class LayerConverter(TarReader tar, Ext4Writer image)
{
    private const string WhiteoutPrefix = ".wh.";
    private const string OpaqueMarker = ".wh..wh..opq";

    /// <summary>Adds every entry.</summary>
    public void Convert()
    {
        while (tar.Next() is { } entry)
        {
            try
            {
                Add(entry);
            }
            catch (MalformedException problem) when (problem.Offset is null)
            {
                throw new MalformedException("layer tar", "entry", problem.Message, entry.Offset, problem);
            }
        }
    }

    private static ushort TypeOf(TarEntryKind kind) => kind switch
    {
        TarEntryKind.SymbolicLink => Ext4Format.SymbolicLink,
        TarEntryKind.CharacterDevice => Ext4Format.CharacterDevice,
        TarEntryKind.BlockDevice => Ext4Format.BlockDevice,
        TarEntryKind.Directory => Ext4Format.Directory,
        TarEntryKind.Fifo => Ext4Format.Fifo,
        _ => Ext4Format.RegularFile,
    };

    private static InodeAttributes AttributesOf(TarEntry entry)
    {
        var type = TypeOf(entry.Kind);
        var permissions = unchecked((ushort)(entry.Mode & 0xFFF));
        if (type == Ext4Format.SymbolicLink) permissions |= 0x1FF;
        return new InodeAttributes
        {
            Mode = (ushort)(type | permissions),
            UserId = unchecked((uint)entry.UserId),
            GroupId = unchecked((uint)entry.GroupId),
            Accessed = FsTime.From(entry.Accessed),
            Changed = FsTime.From(entry.Changed),
            Modified = FsTime.From(entry.Modified),
            Created = FsTime.From(entry.Modified),
            DeviceMajor = unchecked((uint)entry.DeviceMajor),
            DeviceMinor = unchecked((uint)entry.DeviceMinor),
            Extended = entry.Attributes.Count == 0 ? ImmutableDictionary<string, byte[]>.Empty : entry.Attributes.ToDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal),
        };
    }

    private void Add(TarEntry entry)
    {
        var path = EntryPath.Parts(entry.Name);
        image.CreateParents(path, entry.Name);

        // The base name as written: a name that ends in a slash has none.
        var slash = entry.Name.LastIndexOf('/');
        var baseName = entry.Name[(slash + 1)..];
        if (baseName.StartsWith(WhiteoutPrefix, StringComparison.Ordinal))
        {
            AddWhiteout(entry.Name, entry.Name[..(slash + 1)], baseName);
            return;
        }

        if (entry.Kind == TarEntryKind.HardLink)
        {
            image.Link(EntryPath.Parts(entry.LinkName), path, entry.Name);
            return;
        }

        var inode = image.Create(path, AttributesOf(entry), entry.Name, entry.LinkName);
        if (entry.Kind == TarEntryKind.File) image.WriteContent(inode, entry.Size, entry.Name, output => CopyContent(entry, output));
    }

    private void AddWhiteout(string name, string directory, string baseName)
    {
        if (baseName == OpaqueMarker)
            image.MakeOpaque(EntryPath.Parts(directory), name);
        else
            image.Create(EntryPath.Parts(directory + baseName[WhiteoutPrefix.Length..]), new InodeAttributes { Mode = Ext4Format.CharacterDevice }, name);
    }

    private void CopyContent(TarEntry entry, Verity.BlockPipeline output)
    {
        foreach (var run in entry.Runs)
        {
            if (run.IsHole)
            {
                output.WriteZeros(run.Length);
                continue;
            }

            for (var left = run.Length; left > 0;)
            {
                var room = output.Free;
                var count = tar.Read(room[..(int)Math.Min(room.Length, left)]);
                if (count == 0) throw new InvalidOperationException("an entry's runs are longer than its content");
                output.Advance(count);
                left -= count;
            }
        }
    }
}
