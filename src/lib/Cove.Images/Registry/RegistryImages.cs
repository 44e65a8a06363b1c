using Cove.Images.Oci;
using Cove.Images.Store;
using Cove.Outcomes;

namespace Cove.Images.Registry;

/// <summary>Images and what is attached to them, between a registry and a store. Every digest is checked on the way in.</summary>
public static class RegistryImages
{
    private const string ManifestType = MediaTypes.Manifest;

    /// <summary>Takes an image of a registry into a store, with the layers that are not there yet.</summary>
    /// <param name="client">The registry.</param>
    /// <param name="reference">The image.</param>
    /// <param name="store">The store; a reference with a tag names the image there.</param>
    /// <param name="cancellation">Stops between pieces of a blob.</param>
    /// <exception cref="UnavailableException">The registry does not answer, does not allow it, or has no such image.</exception>
    /// <exception cref="MalformedException">What it sends is not what it claims to be, or is no image for linux/amd64.</exception>
    public static StoredImage Pull(RegistryClient client, ImageReference reference, ImageStore store, CancellationToken cancellation = default)
    {
        using var files = new RegistryFiles(client, reference, cancellation);
        var index = files.ReadJson("index.json");
        return store.Import(files, new LayoutReader(files).Read(index)[0], reference, cancellation).Image;
    }

    /// <summary>The files attached to an image, of one type of artifact (as by <c>oras attach</c>).</summary>
    /// <inheritdoc cref="Pull" path="/exception"/>
    public static IReadOnlyList<AttachedFile> Attached(RegistryClient client, ImageReference reference, string artifactType, CancellationToken cancellation = default)
    {
        var subject = Subject(client, reference, cancellation);
        var files = new List<AttachedFile>();
        foreach (var artifact in client.Referrers(reference.Repository, subject.Digest, artifactType, cancellation))
        {
            var manifest = client.Manifest(reference.Repository, artifact.Digest.ToString(), cancellation)?.Content ?? throw Gone(client, artifact.Digest);
            if (Digest.Of(manifest) != artifact.Digest) throw OciJson.Wrong($"artifact {artifact.Digest}", "has another digest");
            files.AddRange(ArtifactManifest.Files(manifest).Select(file => new AttachedFile(file.MediaType, Read(client, reference.Repository, file, cancellation))));
        }

        return files;
    }

    /// <summary>The files that are stored under a name of their own (as by <c>oras push</c>).</summary>
    /// <inheritdoc cref="Pull" path="/exception"/>
    public static IReadOnlyList<AttachedFile> Artifact(RegistryClient client, ImageReference reference, CancellationToken cancellation = default)
    {
        var manifest = client.Manifest(reference.Repository, reference.Digest?.ToString() ?? reference.Tag!, cancellation)?.Content
            ?? throw new UnavailableException(client.Registry, $"has nothing under {reference}");
        if (reference.Digest is { } digest && Digest.Of(manifest) != digest) throw OciJson.Wrong($"artifact {digest}", "has another digest");
        return [.. ArtifactManifest.Files(manifest).Select(file => new AttachedFile(file.MediaType, Read(client, reference.Repository, file, cancellation)))];
    }

    /// <summary>Attaches a file to an image (as <c>oras attach</c>).</summary>
    /// <param name="client">The registry.</param>
    /// <param name="reference">The image.</param>
    /// <param name="artifactType">What it is.</param>
    /// <param name="file">The file.</param>
    /// <param name="title">The file's name.</param>
    /// <param name="cancellation">Stops between requests.</param>
    /// <returns>The digest of the artifact's manifest.</returns>
    /// <exception cref="UnavailableException">The registry does not answer, does not allow it, or has no such image.</exception>
    public static Digest Attach(RegistryClient client, ImageReference reference, string artifactType, AttachedFile file, string title, CancellationToken cancellation = default)
    {
        var subject = Subject(client, reference, cancellation);
        var manifest = Put(client, reference.Repository, artifactType, file, title, subject, null, out var listed, cancellation);
        if (listed) return manifest.Digest;
        var tag = RegistryClient.ReferrersTag(subject.Digest);
        var before = client.Manifest(reference.Repository, tag, cancellation)?.Content;
        client.PutManifest(reference.Repository, tag, ReferrerIndex.With(before, manifest, artifactType), MediaTypes.Index, cancellation);
        return manifest.Digest;
    }

    /// <summary>Stores a file under a name of its own (as <c>oras push</c>).</summary>
    /// <inheritdoc cref="Attach" path="/exception"/>
    public static Digest Push(RegistryClient client, ImageReference reference, string artifactType, AttachedFile file, string title, CancellationToken cancellation = default) =>
        Put(client, reference.Repository, artifactType, file, title, null, reference.Tag, out _, cancellation).Digest;

    private static Descriptor Put(
        RegistryClient client, string repository, string artifactType, AttachedFile file, string title, Descriptor? subject, string? tag, out bool listed, CancellationToken cancellation)
    {
        client.PutBlob(repository, ArtifactManifest.EmptyConfiguration, cancellation);
        client.PutBlob(repository, file.Content, cancellation);
        var content = ArtifactManifest.Write(artifactType, new Descriptor(file.MediaType, Digest.Of(file.Content), file.Content.Length), title, subject);
        var digest = Digest.Of(content);
        listed = client.PutManifest(repository, tag ?? digest.ToString(), content, ManifestType, cancellation);
        return new Descriptor(ManifestType, digest, content.Length);
    }

    private static Descriptor Subject(RegistryClient client, ImageReference reference, CancellationToken cancellation)
    {
        var (content, type) = client.Manifest(reference.Repository, reference.Digest?.ToString() ?? reference.Tag!, cancellation)
            ?? throw new UnavailableException(client.Registry, $"has no image {reference}");
        var digest = Digest.Of(content);
        return reference.Digest is null || reference.Digest == digest
            ? new Descriptor(type, digest, content.Length)
            : throw OciJson.Wrong($"manifest {reference.Digest}", $"has the digest {digest}");
    }

    private static byte[] Read(RegistryClient client, string repository, Descriptor file, CancellationToken cancellation)
    {
        if (file.Size > AttachedFile.MaximumSize) throw OciJson.Wrong($"file {file.Digest}", $"is {file.Size} bytes, at most {AttachedFile.MaximumSize} are taken");
        using var stream = client.Blob(repository, file.Digest, cancellation) ?? throw Gone(client, file.Digest);
        var content = new byte[file.Size];
        stream.ReadExactly(content);
        if (stream.ReadByte() >= 0 || Digest.Of(content) != file.Digest) throw OciJson.Wrong($"file {file.Digest}", "is not what its digest says");
        return content;
    }

    private static UnavailableException Gone(RegistryClient client, Digest digest) => new(client.Registry, $"lists {digest} and does not have it");
}
