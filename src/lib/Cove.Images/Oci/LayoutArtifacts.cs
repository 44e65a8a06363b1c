using Cove.Formats.Files;
using Cove.Images.Registry;
using Cove.Outcomes;

namespace Cove.Images.Oci;

/// <summary>What an image layout in a folder keeps beside its image, as <c>oras attach --oci-layout</c> puts it there.</summary>
public static class LayoutArtifacts
{
    /// <summary>Whether a folder is an image layout.</summary>
    public static bool IsLayout(string folder) => File.Exists(Path.Combine(folder, "oci-layout"));

    /// <summary>Attaches a file to the layout's image for linux/amd64.</summary>
    /// <param name="folder">The layout.</param>
    /// <param name="artifactType">What it is.</param>
    /// <param name="file">The file.</param>
    /// <param name="title">The file's name.</param>
    /// <returns>The digest of the artifact's manifest.</returns>
    /// <exception cref="MalformedException">The folder is no image layout.</exception>
    public static Digest Attach(string folder, string artifactType, AttachedFile file, string title)
    {
        using var files = new FolderFiles(folder);
        var index = files.ReadJson("index.json");
        var content = new Descriptor(file.MediaType, Digest.Of(file.Content), file.Content.Length);
        var manifest = ArtifactManifest.Write(artifactType, content, title, Subject(index));
        var descriptor = new Descriptor(MediaTypes.Manifest, Digest.Of(manifest), manifest.Length);
        foreach (var blob in (byte[][])[ArtifactManifest.EmptyConfiguration, file.Content, manifest])
            WholeFile.Replace(Path.Combine(folder, LayoutReader.BlobPath(Digest.Of(blob))), blob);

        // Last, so that a layout never lists what it does not have.
        WholeFile.Replace(Path.Combine(folder, "index.json"), ReferrerIndex.With(index, descriptor, artifactType));
        return descriptor.Digest;
    }

    /// <summary>The files attached to the layout's image, of one type of artifact. Every digest is checked.</summary>
    /// <exception cref="MalformedException">The folder is no image layout, or something in it is not what it claims to be.</exception>
    public static IReadOnlyList<AttachedFile> Attached(string folder, string artifactType)
    {
        using var files = new FolderFiles(folder);
        var index = files.ReadJson("index.json");
        var subject = Subject(index).Digest;
        var attached = new List<AttachedFile>();
        foreach (var artifact in ReferrerIndex.Read(index, artifactType))
        {
            var manifest = Read(files, artifact);
            if (ArtifactManifest.Subject(manifest) == subject)
                attached.AddRange(ArtifactManifest.Files(manifest).Select(file => new AttachedFile(file.MediaType, Read(files, file))));
        }

        return attached;
    }

    private static Descriptor Subject(byte[] index) => ImageIndex.Parse(index).Select("index.json").Descriptor;

    private static byte[] Read(FolderFiles files, Descriptor blob)
    {
        if (blob.Size > AttachedFile.MaximumSize) throw OciJson.Wrong($"blob {blob.Digest}", $"is {blob.Size} bytes, at most {AttachedFile.MaximumSize} are taken");
        using var stream = files.Open(LayoutReader.BlobPath(blob.Digest)) ?? throw OciJson.Wrong($"blob {blob.Digest}", "is missing");
        if (stream.Length != blob.Size) throw OciJson.Wrong($"blob {blob.Digest}", $"is {stream.Length} bytes, expected {blob.Size}");
        var content = new byte[blob.Size];
        stream.ReadExactly(content);
        return Digest.Of(content) == blob.Digest ? content : throw OciJson.Wrong($"blob {blob.Digest}", "is not what its digest says");
    }
}
