namespace Cove.Images.Oci;

/// <summary>An image layout in a folder.</summary>
internal sealed class FolderFiles(string folder) : IImageFiles
{
    public Stream? Open(string path)
    {
        var full = Path.Combine(folder, ImageFiles.Inside(path));
        return File.Exists(full) ? new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0) : null;
    }

    public void Dispose()
    {
        // Nothing is held open between reads.
    }
}
