namespace Cove.Images.Oci;

/// <summary>A blob of an image that is being read: where it lies, and what it must be.</summary>
internal sealed record SourceBlob(Descriptor Descriptor, string Path);

/// <summary>An image found in a layout or archive. The manifest's digest was checked, the layers' were not yet.</summary>
/// <param name="Names">The names it carries there; may be none.</param>
/// <param name="Top">The digest that a pinned reference names: the manifest's, or that of the index it was chosen from.</param>
/// <param name="Documents">The JSON documents by digest: indexes, manifest, configuration.</param>
/// <param name="Manifest">What it consists of.</param>
/// <param name="ManifestDigest">The manifest's digest.</param>
/// <param name="Configuration">How it runs.</param>
/// <param name="Layers">The layer blobs, base first.</param>
internal sealed record SourceImage(
    IReadOnlyList<string> Names,
    Digest Top,
    IReadOnlyDictionary<Digest, byte[]> Documents,
    ImageManifest Manifest,
    Digest ManifestDigest,
    ImageConfiguration Configuration,
    IReadOnlyList<SourceBlob> Layers);
