using Cove.Images.Oci;

namespace Cove.Images.Registry;

/// <summary>One image of a registry, laid out as an OCI image layout, so that it is read and checked exactly as one in a folder.</summary>
internal sealed class RegistryFiles : IImageFiles
{
    private const string BlobPrefix = "blobs/sha256/";
    private readonly RegistryClient client;
    private readonly string repository;
    private readonly CancellationToken cancellation;
    private readonly Dictionary<Digest, byte[]> manifests = [];
    private readonly byte[] index;

    /// <exception cref="Cove.Outcomes.UnavailableException">The registry has no such image, or does not answer.</exception>
    public RegistryFiles(RegistryClient client, ImageReference reference, CancellationToken cancellation)
    {
        this.client = client;
        repository = reference.Repository;
        this.cancellation = cancellation;
        var (content, type) = client.Manifest(repository, reference.Digest?.ToString() ?? reference.Tag!, cancellation)
            ?? throw new Cove.Outcomes.UnavailableException(reference.Registry, $"has no image {reference}");
        var digest = Digest.Of(content);
        if (reference.Digest is { } pinned && pinned != digest) throw OciJson.Wrong($"manifest {pinned}", $"has the digest {digest}");
        manifests[digest] = content;
        index = ImageIndex.Write(new Descriptor(MediaTypes.IsManifest(type) || MediaTypes.IsIndex(type) ? type : Guess(content), digest, content.Length), null);
    }

    public Stream? Open(string path)
    {
        if (path == "oci-layout") return new MemoryStream("""{"imageLayoutVersion":"1.0.0"}"""u8.ToArray());
        if (path == "index.json") return new MemoryStream(index);
        if (!path.StartsWith(BlobPrefix, StringComparison.Ordinal) || !Digest.TryParse($"sha256:{path[BlobPrefix.Length..]}", out var digest)) return null;
        if (manifests.TryGetValue(digest, out var known)) return new MemoryStream(known);
        // Below an index lie manifests, which registries keep apart from blobs.
        if (manifests.Values.Any(one => ImageIndex.IsIndex(one) && ImageIndex.Parse(one).Entries.Any(entry => entry.Descriptor.Digest == digest)))
        {
            if (client.Manifest(repository, digest.ToString(), cancellation) is not var (content, _)) return null;
            manifests[digest] = content;
            return new MemoryStream(content);
        }

        return client.Blob(repository, digest, cancellation);
    }

    public void Dispose()
    {
        // Nothing is held open between reads.
    }

    private static string Guess(byte[] content) => ImageIndex.IsIndex(content) ? MediaTypes.Index : MediaTypes.Manifest;
}
