using System.Collections.Immutable;
using Cove.Images.Tar;
using Cove.Images.Verity;
using Cove.Outcomes;
using static Cove.Images.Ext4.Ext4Format;

namespace Cove.Images.Ext4;

/// <summary>
/// Builds a compact, read-only ext4 image front to back: content as it comes, then directories, inode table and bitmaps; superblock and
/// descriptors, which lie in front, are hashed last. Byte for byte what the reference writes (container-policy specification, 5.3–5.7).
/// Memory grows with the number of inodes, not with their content.
/// </summary>
internal sealed class Ext4Writer
{
    private readonly BlockPipeline output;
    private readonly long diskSize;
    private readonly uint descriptorBlocks;
    private readonly List<Inode?> inodes = [null];
    private readonly Inode root;

    /// <param name="image">Where the image goes: empty and able to seek; null to compute the root only.</param>
    /// <param name="diskSize">The largest image in bytes. It decides how much room is left for descriptors, and so the root.</param>
    /// <param name="cancellation">Stops between groups of blocks.</param>
    public Ext4Writer(Stream? image, long diskSize, CancellationToken cancellation)
    {
        if (image is not null and not { CanSeek: true, Length: 0 }) throw new ArgumentException("the image goes to an empty stream that can seek", nameof(image));
        this.diskSize = diskSize;
        output = new BlockPipeline(image, holdFirst: true, cancellation);
        descriptorBlocks = GroupLayout.DescriptorBlocks(diskSize);
        root = AddInode(new InodeAttributes { Mode = Ext4Format.Directory | 0x1ED });
        root.Links = 2;
        while (inodes.Count < FirstInode - 1) inodes.Add(null);
        output.WriteZeros((1L + descriptorBlocks) * BlockSize);

        // Checkers of the file system require lost+found.
        Create(["lost+found"], new InodeAttributes { Mode = Ext4Format.Directory | 0x1C0 }, "lost+found");
    }

    private uint CurrentBlock => (uint)(output.Position / BlockSize);

    /// <summary>Creates the missing directories above a path; each takes its parent's attributes.</summary>
    public void CreateParents(List<string> path, string shown)
    {
        var at = root;
        for (var depth = 0; depth < path.Count - 1; depth++)
        {
            if (at.Children is null) throw Wrong(shown, "lies below something that is no directory");
            if (!at.Children.TryGetValue(path[depth], out var child))
                child = Create(path[..(depth + 1)], Repacked(at.Attributes, []), shown);
            at = child;
        }
    }

    /// <summary>Creates a file, or replaces one where the reference allows it. Content follows with <see cref="WriteContent"/>.</summary>
    public Inode Create(List<string> path, InodeAttributes attributes, string shown, string linkTarget = "")
    {
        var isDirectory = attributes.Type == Ext4Format.Directory;
        var (directory, existing) = Lookup(path, shown);
        if (existing is not null && existing.IsDirectory != isDirectory)
            throw Wrong(shown, existing.IsDirectory ? "would replace a directory with a file" : "would replace a file with a directory");
        if (existing is null && isDirectory && directory.Links >= MaximumLinks) throw Wrong(shown, $"would give its directory over {MaximumLinks} links");
        var reused = existing is not null && (isDirectory || existing.Links < 2) ? existing : null;
        if (reused is { HasExtents: true }) throw Wrong(shown, "would overwrite a file that has content");

        var placement = XattrPlacement.Of(MergedXattrs(attributes, reused), shown);
        var inode = reused ?? AddInode(attributes);
        Reset(inode, attributes, placement);
        WriteLinkTarget(inode, linkTarget);
        if (existing == inode) return inode;
        if (existing is not null) existing.Links--;
        directory.Children![path[^1]] = inode;
        inode.Links++;
        if (isDirectory) directory.Links++;
        return inode;
    }

    /// <summary>Adds a name to a file that exists.</summary>
    public void Link(List<string> target, List<string> path, string shown)
    {
        var (directory, existing) = Lookup(path, shown);
        if (existing is { IsDirectory: true } or { Links: < 2 }) throw Wrong(shown, "would orphan a file or directory");
        var (_, file) = Lookup(target, shown);
        if (file is null) throw Wrong(shown, "is a hard link to something that does not exist");
        if (file.IsDirectory) throw Wrong(shown, "is a hard link to a directory");
        if (existing != file && file.Links >= MaximumLinks) throw Wrong(shown, $"would give its file over {MaximumLinks} links");
        if (existing is not null) existing.Links--;
        file.Links++;
        directory.Children![path[^1]] = file;
    }

    /// <summary>Marks a directory as hiding what lower layers have in it.</summary>
    public void MakeOpaque(List<string> path, string shown)
    {
        var (_, directory) = Lookup(path, shown);
        if (directory is not { IsDirectory: true }) throw Wrong(shown, "is an opaque marker outside a directory");
        var attributes = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var xattr in XattrPlacement.ReadBack(directory.BlockXattrs).Concat(XattrPlacement.ReadBack(directory.InlineXattrs)))
            attributes[xattr.FullName] = xattr.Value;
        attributes["trusted.overlay.opaque"] = "y"u8.ToArray();
        Create(path, Repacked(directory.Attributes, attributes), shown);
    }

    /// <summary>Writes a file's content and records where it lies. <paramref name="write"/> writes exactly <paramref name="size"/> bytes.</summary>
    public void WriteContent(Inode inode, long size, string shown, Action<BlockPipeline> write)
    {
        inode.Size = size;
        if (size == 0) return;
        if (size > MaximumFileSize || (size + BlockSize - 1) / BlockSize > Extents.MaximumBlocks) throw Wrong(shown, $"is {size} bytes, more than the image can describe");
        Reserve(size);
        var start = CurrentBlock;
        write(output);
        output.WriteZeros(-output.Position & (BlockSize - 1));
        var blocks = CurrentBlock - start;
        inode.Blocks += blocks;
        inode.Flags |= ExtentsFlag;
        if (!Extents.NeedsLeaf(blocks))
        {
            inode.BlockField = Extents.Root(start, blocks);
            return;
        }

        inode.BlockField = Extents.RootOfLeaf(CurrentBlock);
        inode.Blocks++;
        Reserve(BlockSize);
        output.Write(Extents.Leaf(start, blocks));
    }

    /// <summary>Writes all that remains. The image ends where the output then ends.</summary>
    public (RootHash Root, long Size) Finish()
    {
        WriteDirectories();
        if (new ImageTail(output, inodes, descriptorBlocks).Write() is not { } head || output.Position > diskSize) throw Oversized();
        var size = output.Position;
        return (output.Finish(head.Write(descriptorBlocks)), size);
    }

    private static MalformedException Wrong(string shown, string problem) => new("layer tar", $"entry {ByteText.Show(shown)}", problem);

    private static IReadOnlyDictionary<string, byte[]> MergedXattrs(InodeAttributes attributes, Inode? reused)
    {
        if (reused is null or { InlineXattrs.Count: 0 }) return attributes.Extended;
        var merged = new Dictionary<string, byte[]>(attributes.Extended, StringComparer.Ordinal);
        foreach (var old in XattrPlacement.ReadBack(reused.InlineXattrs)) merged.TryAdd(old.FullName, old.Value);
        return merged;
    }

    private static InodeAttributes Repacked(InodeAttributes of, Dictionary<string, byte[]> extended) => of with
    {
        Accessed = FsTime.Repack(of.Accessed),
        Changed = FsTime.Repack(of.Changed),
        Modified = FsTime.Repack(of.Modified),
        Created = FsTime.Repack(of.Created),
        Extended = extended,
    };

    private Inode AddInode(InodeAttributes attributes)
    {
        var inode = new Inode((uint)inodes.Count + 1, attributes);
        if (attributes.Type == Ext4Format.Directory)
        {
            inode.Children = new Dictionary<string, Inode>(StringComparer.Ordinal);
            inode.Links = 1;
        }

        inodes.Add(inode);
        return inode;
    }

    private (Inode Directory, Inode? Existing) Lookup(List<string> path, string shown)
    {
        if (path.Count == 0) return (root, root);
        var directory = root;
        for (var depth = 0; depth < path.Count - 1; depth++)
        {
            directory = directory.Children?.GetValueOrDefault(path[depth]) ?? throw Wrong(shown, "lies in a directory that does not exist");
        }

        if (directory.Children is null) throw Wrong(shown, "lies below something that is no directory");
        return (directory, directory.Children.GetValueOrDefault(path[^1]));
    }

    private void Reset(Inode inode, InodeAttributes attributes, XattrPlacement placement)
    {
        // The attributes' dictionary is not needed again: what is stored is in the placement.
        inode.Attributes = attributes.Extended.Count == 0 ? attributes : attributes with { Extended = ImmutableDictionary<string, byte[]>.Empty };
        inode.Flags = HugeFileFlag;
        inode.BlockField = [];
        inode.Size = 0;
        inode.InlineXattrs = placement.Inline;
        inode.BlockXattrs = placement.Block;
        if (placement.Block.Count == 0 && inode.XattrBlock == 0) return;
        var content = placement.WriteBlock();
        if (inode.XattrBlock != 0)
        {
            output.Rewrite(inode.XattrBlock, content);
            return;
        }

        Reserve(BlockSize);
        inode.XattrBlock = CurrentBlock;
        inode.Blocks++;
        output.KeepBlock();
        output.Write(content);
    }

    private void WriteLinkTarget(Inode inode, string target)
    {
        if (inode.Attributes.Type != SymbolicLink) return;
        var bytes = ByteText.ToBytes(target);
        inode.Size = bytes.Length;
        if (bytes.Length <= MaximumInlineLink) inode.BlockField = bytes;
        else WriteContent(inode, bytes.Length, target, pipeline => pipeline.Write(bytes));
    }

    private void WriteDirectories()
    {
        var writer = new DirectoryBlocks(output);
        var pending = new Stack<(Inode Directory, Inode Parent)>([(root, root)]);
        while (pending.TryPop(out var next))
        {
            var (directory, parent) = next;
            var children = directory.SortedChildren();
            WriteContent(directory, DirectoryBlocks.SizeOf(children), "directory", _ => writer.Write(directory, parent, children));
            for (var i = children.Count - 1; i >= 0; i--)
            {
                if (children[i].Value.IsDirectory) pending.Push((children[i].Value, directory));
            }
        }
    }

    private void Reserve(long bytes)
    {
        if (output.Position + bytes > diskSize) throw Oversized();
    }

    private MalformedException Oversized() => new("layer tar", "content", $"makes an image over {diskSize} bytes");
}
