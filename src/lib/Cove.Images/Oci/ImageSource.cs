using Cove.Outcomes;

namespace Cove.Images.Oci;

/// <summary>Finds the images in a layout folder, an OCI archive, or an archive that <c>docker save</c> made.</summary>
internal sealed class ImageSource : IDisposable
{
    private readonly string path;

    private ImageSource(string path, IImageFiles files)
    {
        this.path = path;
        Files = files;
    }

    public IImageFiles Files { get; }

    /// <exception cref="MalformedException">The file is no archive.</exception>
    /// <exception cref="FileNotFoundException">There is nothing at the path.</exception>
    public static ImageSource Open(string path) =>
        new(path, Directory.Exists(path) ? new FolderFiles(path) : new ArchiveFiles(path));

    /// <summary>The images for linux/amd64, with digests of their documents checked.</summary>
    /// <exception cref="MalformedException">No image layout and no archive of docker save; or an image in it is not as it says.</exception>
    public IReadOnlyList<SourceImage> Images()
    {
        if (Files.TryReadJson("index.json") is { } index) return new LayoutReader(Files).Read(index);
        if (Files.TryReadJson("manifest.json") is { } manifest) return new DockerArchiveReader(Files).Read(manifest);
        throw new MalformedException("image archive", path, "holds neither index.json (OCI) nor manifest.json (docker save)");
    }

    public void Dispose() => Files.Dispose();
}
