using System.Buffers;
using Cove.Images.Ext4;
using Cove.Images.Tar;
using Cove.Outcomes;

namespace Cove.Images.Packing;

/// <summary>Writes a folder as a layer's tar: names sorted by their bytes, one time for all, hard links kept.</summary>
internal sealed class FolderArchive(TarWriter tar, bool keepOwners, long time, CancellationToken cancellation)
{
    private const int CopyBuffer = 1 << 20;
    private const ushort Socket = 0xC000;

    private readonly Dictionary<(ulong Device, ulong Inode), string> seen = [];

    public void Write(string folder) => WriteChildren(folder, "");

    private void WriteChildren(string folder, string prefix)
    {
        var children = new DirectoryInfo(folder).GetFileSystemInfos();
        Array.Sort(children, static (a, b) => System.Text.Encoding.UTF8.GetBytes(a.Name).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b.Name)));
        foreach (var child in children)
        {
            cancellation.ThrowIfCancellationRequested();
            if (child.Name.Contains('\uFFFD', StringComparison.Ordinal)) throw Wrong(child.FullName, "has a name that is not UTF-8");
            if (child.Name.StartsWith(".wh.", StringComparison.Ordinal)) throw Wrong(child.FullName, "has a name that a layer takes for a whiteout");
            WriteOne(child, prefix + child.Name);
        }
    }

    private void WriteOne(FileSystemInfo file, string name)
    {
        var status = FileStatus.Of(file.FullName);
        var kind = status.Type switch
        {
            Ext4Format.Directory => TarEntryKind.Directory,
            Ext4Format.SymbolicLink => TarEntryKind.SymbolicLink,
            Ext4Format.CharacterDevice => TarEntryKind.CharacterDevice,
            Ext4Format.BlockDevice => TarEntryKind.BlockDevice,
            Ext4Format.Fifo => TarEntryKind.Fifo,
            Socket => throw Wrong(file.FullName, "is a socket, which an image cannot hold"),
            _ => TarEntryKind.File,
        };
        if (kind != TarEntryKind.Directory && status.Links > 1 && !seen.TryAdd((status.Device, status.Inode), name))
        {
            Header(TarEntryKind.HardLink, name, status, 0, seen[(status.Device, status.Inode)]);
            return;
        }

        switch (kind)
        {
            case TarEntryKind.Directory:
                Header(kind, name + "/", status, 0);
                WriteChildren(file.FullName, name + "/");
                break;
            case TarEntryKind.File:
                Header(kind, name, status, status.Size);
                CopyContent(file.FullName, status.Size);
                break;
            default:
                Header(kind, name, status, 0, kind == TarEntryKind.SymbolicLink ? file.LinkTarget ?? "" : "");
                break;
        }
    }

    private void Header(TarEntryKind kind, string name, FileStatus status, long size, string link = "") => tar.WriteHeader(
        kind, name, status.Mode & 0xFFFu, keepOwners ? status.UserId : 0, keepOwners ? status.GroupId : 0, size, time, link, status.DeviceMajor, status.DeviceMinor);

    private void CopyContent(string path, long size)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBuffer);
        try
        {
            using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var left = size;
            while (left > 0 && content.Read(buffer, 0, (int)Math.Min(left, CopyBuffer)) is > 0 and var count)
            {
                cancellation.ThrowIfCancellationRequested();
                tar.Write(buffer.AsSpan(0, count));
                left -= count;
            }

            if (left > 0 || content.ReadByte() >= 0) throw new IOException($"{path} changed while it was read");
            tar.Pad();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static MalformedException Wrong(string path, string problem) => new("image folder", $"'{path}'", problem);
}
