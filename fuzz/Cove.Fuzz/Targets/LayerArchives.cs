using System.Text;
using Cove.Images.Layers;

namespace Cove.Fuzz.Targets;

/// <summary>Layers of images: tar read, ext4 and its dm-verity tree made of it, the latter hashed only.</summary>
internal sealed class LayerArchives : ITarget
{
    public string Name => "layer";

    public IEnumerable<string> Words => ["ustar\0", "ustar  \0", "path=", "linkpath=", "size=", "SCHILY.xattr.", "GNU.sparse.", ".wh.", ".wh..wh..opq", "../"];

    public IEnumerable<byte[]> Seeds(SeedFiles files)
    {
        yield return Archive(tar =>
        {
            tar.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.Directory, "d/"));
            tar.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "d/" + new string('n', 120)) { DataStream = new MemoryStream("content"u8.ToArray()) });
            tar.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.SymbolicLink, "d/link") { LinkName = "file" });
        });
        yield return Compressed(Archive(tar => tar.WriteEntry(new System.Formats.Tar.UstarTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "packed"))));
        yield return Archive(tar => tar.WriteEntry(new System.Formats.Tar.UstarTarEntry(System.Formats.Tar.TarEntryType.RegularFile, ".wh.gone")));
        yield return Encoding.ASCII.GetBytes("");
    }

    public void Run(byte[] input) => LayerHasher.ComputeRoot(new MemoryStream(input));

    private static byte[] Compressed(byte[] tar)
    {
        using var compressor = new ZstdSharp.Compressor();
        return compressor.Wrap(tar).ToArray();
    }

    private static byte[] Archive(Action<System.Formats.Tar.TarWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var tar = new System.Formats.Tar.TarWriter(bytes, leaveOpen: true)) write(tar);
        return bytes.ToArray();
    }
}
