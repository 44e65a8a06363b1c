using System.Text;
using Cove.Images.Oci;
using Cove.Images.Store;
using Cove.Images.Tar;

namespace Cove.Images.Packing;

/// <summary>Writes a stored image as an OCI image layout, in a folder or an archive. The same image gives the same bytes.</summary>
public static class ImageExport
{
    private const string LayoutVersion = """{"imageLayoutVersion":"1.0.0"}""";

    /// <summary>Writes a layout into an empty or new folder.</summary>
    /// <param name="store">Where the image is.</param>
    /// <param name="image">The image.</param>
    /// <param name="name">The name it carries there; null for none.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">The folder is not empty, or cannot be written.</exception>
    public static void WriteLayout(ImageStore store, StoredImage image, ImageReference? name, string folder)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()) throw new IOException($"{folder} is not empty");
        foreach (var (path, content) in Documents(image, name)) WriteFile(Path.Combine(folder, path), file => file.Write(content));
        foreach (var digest in Blobs(store, image))
        {
            WriteFile(Path.Combine(folder, LayoutReader.BlobPath(digest)), file =>
            {
                using var blob = store.Blobs.Open(digest);
                blob.CopyTo(file);
            });
        }
    }

    /// <summary>Writes a layout as an uncompressed tar, which container engines load.</summary>
    /// <param name="store">Where the image is.</param>
    /// <param name="image">The image.</param>
    /// <param name="name">The name it carries there; null for none.</param>
    /// <param name="archive">Takes the archive.</param>
    public static void WriteArchive(ImageStore store, StoredImage image, ImageReference? name, Stream archive)
    {
        using var buffered = new BufferedStream(archive, 1 << 17);
        var tar = new TarWriter(buffered);
        foreach (var (path, content) in Documents(image, name))
        {
            FileHeader(tar, path, content.Length);
            tar.Write(content);
            tar.Pad();
        }

        foreach (var folder in new[] { "blobs/", "blobs/sha256/" }) tar.WriteHeader(TarEntryKind.Directory, folder, 0x1ED, 0, 0, 0, 0);
        var buffer = new byte[1 << 17];
        foreach (var digest in Blobs(store, image))
        {
            using var blob = store.Blobs.Open(digest);
            FileHeader(tar, LayoutReader.BlobPath(digest), blob.Length);
            while (blob.Read(buffer) is > 0 and var count) tar.Write(buffer.AsSpan(0, count));
            tar.Pad();
        }

        tar.Finish();
        buffered.Flush();
    }

    private static (string Path, byte[] Content)[] Documents(StoredImage image, ImageReference? name) =>
        [("oci-layout", Encoding.UTF8.GetBytes(LayoutVersion)), ("index.json", ImageIndex.Write(image.Manifest, name?.Name))];

    /// <summary>Manifest, configuration and layers, sorted and each once.</summary>
    private static IEnumerable<Digest> Blobs(ImageStore store, StoredImage image)
    {
        var manifest = ImageManifest.Parse(store.Blobs.TryReadJson(image.Manifest.Digest) ?? throw new IOException($"blob {image.Manifest.Digest} is gone from {store.Folder}"));
        return manifest.Layers.Select(layer => layer.Digest).Append(manifest.Configuration.Digest).Append(image.Manifest.Digest).Distinct().OrderBy(d => d.Hex, StringComparer.Ordinal);
    }

    private static void FileHeader(TarWriter tar, string path, long size) => tar.WriteHeader(TarEntryKind.File, path, 0x1A4, 0, 0, size, 0);

    private static void WriteFile(string path, Action<FileStream> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        write(file);
    }
}
