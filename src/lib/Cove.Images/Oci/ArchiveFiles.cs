using Cove.Images.Tar;
using Cove.Outcomes;

namespace Cove.Images.Oci;

/// <summary>The inside of an uncompressed tar, found by one pass over its headers. Links inside the archive are followed.</summary>
internal sealed class ArchiveFiles : IImageFiles
{
    private const int MaximumLinks = 8;

    private readonly FileStream archive;
    private readonly Dictionary<string, (long Offset, long Length)> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> links = new(StringComparer.Ordinal);

    /// <exception cref="MalformedException">The file is no plain tar, or holds paths that lead outside.</exception>
    public ArchiveFiles(string path)
    {
        archive = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        try
        {
            RefuseCompressed();
            ReadHeaders();
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    public Stream? Open(string path)
    {
        var at = ImageFiles.Inside(path);
        for (var followed = 0; links.TryGetValue(at, out var target); followed++)
        {
            if (followed == MaximumLinks) throw new MalformedException("image archive", $"link '{path}'", "leads through too many others");
            at = target;
        }

        return files.TryGetValue(at, out var file) ? new FileSection(archive.SafeFileHandle, file.Offset, file.Length) : null;
    }

    public void Dispose() => archive.Dispose();

    private static string Normal(string path)
    {
        var trimmed = path.EndsWith('/') ? path[..^1] : path;
        while (trimmed.StartsWith("./", StringComparison.Ordinal)) trimmed = trimmed[2..];
        return trimmed;
    }

    /// <summary>Where a symbolic link points, counted from the archive's root.</summary>
    private static string Target(string link, string target)
    {
        List<string> parts = [.. link.Split('/')[..^1]];
        foreach (var part in target.Split('/'))
        {
            if (part is "" or ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
            else return "..";
        }

        return target.StartsWith('/') ? ".." : string.Join('/', parts);
    }

    private void RefuseCompressed()
    {
        Span<byte> magic = stackalloc byte[4];
        var length = RandomAccess.Read(archive.SafeFileHandle, magic, 0);
        var (kind, tool) = magic[..length] switch
        {
            [0x1f, 0x8b, ..] => ("gzip", "gunzip"),
            [0x28, 0xb5, 0x2f, 0xfd] => ("zstd", "unzstd"),
            _ => ("", ""),
        };
        if (kind.Length > 0) throw new MalformedException("image archive", "file", $"is compressed with {kind}; decompress it first: {tool} {Path.GetFileName(archive.Name)}", 0);
    }

    private void ReadHeaders()
    {
        using var tar = new TarReader(archive);
        while (tar.Next() is { } entry)
        {
            var name = Normal(System.Text.Encoding.UTF8.GetString(ByteText.ToBytes(entry.Name)));
            if (entry.Kind == TarEntryKind.Directory && name is "" or ".") continue;
            if (!ImageFiles.IsInside(name)) throw new MalformedException("image archive", $"path {ByteText.Show(entry.Name)}", "leads outside the archive", entry.Offset);
            switch (entry.Kind)
            {
                case TarEntryKind.File when entry.Runs is [] or [{ IsHole: false }]:
                    files[name] = (tar.Offset, entry.Size);
                    break;
                case TarEntryKind.File:
                    throw new MalformedException("image archive", $"file '{name}'", "is sparse", entry.Offset);
                case TarEntryKind.SymbolicLink or TarEntryKind.HardLink:
                    var target = entry.Kind == TarEntryKind.HardLink ? Normal(entry.LinkName) : Target(name, entry.LinkName);
                    if (!ImageFiles.IsInside(target)) throw new MalformedException("image archive", $"link '{name}'", "leads outside the archive", entry.Offset);
                    links[name] = target;
                    break;
                default:
                    break;
            }
        }
    }
}
