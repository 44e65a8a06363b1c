using Cove.Images.Layers;
using Cove.Images.Oci;
using Cove.Outcomes;

namespace Cove.Images.Store;

/// <summary>
/// Images in a folder: blobs by digest, names, and what was computed of layers. Everything that enters is checked against its digest
/// first. Every file appears whole or not at all, so several processes may use a store at once and an interrupted write changes nothing.
/// </summary>
/// <param name="folder">The store's folder; made when something is first stored.</param>
/// <param name="time">Tells how old the leavings of interrupted writers are; null for the system's clock.</param>
public sealed class ImageStore(string folder, TimeProvider? time = null)
{
    private readonly BlobFolder blobs = new(folder, TemporaryFolder(folder));
    private readonly NameIndex names = new(folder, TemporaryFolder(folder));
    private readonly LayerCache layers = new(folder, TemporaryFolder(folder));

    /// <summary>The store's folder.</summary>
    public string Folder => folder;

    /// <summary>Every name and the digest it stands for, sorted by name.</summary>
    public IReadOnlyList<(string Name, Digest Digest)> Names => names.All();

    /// <summary>
    /// Takes in the linux/amd64 images of an OCI layout folder, an OCI archive or a docker save archive, after checking every digest: of
    /// manifests, configurations, blobs and uncompressed layers.
    /// </summary>
    /// <param name="path">The folder or the archive.</param>
    /// <param name="name">The name to give, instead of those that the source carries; only for a source with one image.</param>
    /// <param name="cancellation">Stops between pieces of a blob.</param>
    /// <exception cref="MalformedException">The source is not what it claims to be, or has no image for linux/amd64. Names stay as they were.</exception>
    public IReadOnlyList<ImportedImage> Import(string path, ImageReference? name = null, CancellationToken cancellation = default)
    {
        AtomicFile.RemoveAbandoned(TemporaryFolder(folder), time ?? TimeProvider.System);
        using var source = ImageSource.Open(path);
        var images = source.Images();
        if (name is not null && images.Count != 1) throw OciJson.Wrong(path, $"holds {images.Count} images, so one name cannot be given to them");
        return [.. images.Select(image => Import(source.Files, image, name, cancellation))];
    }

    /// <summary>The image of a name or digest; null when it is not in the store.</summary>
    /// <exception cref="MalformedException">A stored file was changed.</exception>
    public StoredImage? Find(ImageReference reference)
    {
        var digest = reference.Digest ?? names.Find(reference.Name);
        return digest is null ? null : Read(digest);
    }

    /// <summary>Gives a stored image a name, taking it from whatever had it.</summary>
    public void SetName(ImageReference name, StoredImage image)
    {
        if (name.Tag is null) throw new ArgumentException("a name has a tag", nameof(name));
        names.Set(name.Name, image.Digest);
    }

    /// <summary>Forgets a name; false when it was not known. Blobs stay.</summary>
    public bool RemoveName(ImageReference name) => names.Remove(name.Name);

    /// <summary>The layer's blob as stored.</summary>
    public Stream OpenLayer(StoredLayer layer) => blobs.Open(layer.Blob.Digest);

    /// <summary>What a layer determines: from the cache, or computed and kept.</summary>
    /// <exception cref="MalformedException">The tar is not the one that the configuration names, or no layer.</exception>
    public LayerFacts Hash(StoredLayer layer, CancellationToken cancellation = default)
    {
        if (layers.Find(layer.DiffId) is { } known) return known;
        using var blob = OpenLayer(layer);
        var facts = CheckDiffId(layer, LayerHasher.Convert(blob, null, LayerHasher.PolicyDiskSize, $"layer {layer.Blob.Digest}", cancellation));
        layers.Add(facts);
        return facts;
    }

    /// <summary>What a policy needs to know of an image.</summary>
    /// <inheritdoc cref="Hash(StoredLayer, CancellationToken)" path="/exception"/>
    public HashedImage Hash(StoredImage image, CancellationToken cancellation = default) =>
        new(image, [.. image.Layers.Select(layer => Hash(layer, cancellation))]);

    /// <summary>
    /// The path of the layer's ext4 image, made where it is not there. Its size is checked, not its content: who mounts it computes the
    /// root hash while copying it.
    /// </summary>
    /// <inheritdoc cref="Hash(StoredLayer, CancellationToken)" path="/exception"/>
    public string EnsureExt4(StoredLayer layer, CancellationToken cancellation = default)
    {
        if (layers.Find(layer.DiffId) is { } known && layers.FindImage(known) is { } path) return path;
        var facts = layers.AddImage(file =>
        {
            using var blob = OpenLayer(layer);
            return CheckDiffId(layer, LayerHasher.Convert(blob, file, LayerHasher.PolicyDiskSize, $"layer {layer.Blob.Digest}", cancellation));
        });
        layers.Add(facts);
        return layers.FindImage(facts) ?? throw new IOException($"the image of layer {layer.DiffId} disappeared from {folder}");
    }

    internal BlobFolder Blobs => blobs;

    private static string TemporaryFolder(string folder) => Path.Combine(folder, "tmp");

    private static LayerFacts CheckDiffId(StoredLayer layer, LayerFacts facts) => facts.DiffId == layer.DiffId
        ? facts
        : throw OciJson.Wrong($"layer {layer.Blob.Digest}", $"unpacks to {facts.DiffId}, but the configuration names {layer.DiffId}");

    private static StoredImage Assemble(Digest digest, Descriptor manifestDescriptor, ImageManifest manifest, ImageConfiguration configuration) =>
        new(digest, manifestDescriptor, configuration, [.. manifest.Layers.Zip(configuration.DiffIds, (blob, diffId) => new StoredLayer(blob, diffId))]);

    internal ImportedImage Import(IImageFiles files, SourceImage image, ImageReference? name, CancellationToken cancellation)
    {
        foreach (var layer in image.Layers.Where(layer => !blobs.Has(layer.Descriptor)))
        {
            using var content = files.Open(layer.Path) ?? throw OciJson.Wrong($"layer {layer.Descriptor.Digest}", "is missing");
            blobs.Add(layer.Descriptor, content, cancellation);
        }

        var manifest = new Descriptor(MediaTypes.Manifest, image.ManifestDigest, image.Documents[image.ManifestDigest].Length);
        var stored = Assemble(image.Top, manifest, image.Manifest, image.Configuration);
        foreach (var layer in stored.Layers) Hash(layer, cancellation);

        // Names come last: until then nothing points to what an interruption may leave behind.
        foreach (var document in image.Documents.Values) blobs.Add(document);
        IReadOnlyList<ImageReference> given = name is not null ? [name] : [.. image.Names.Select(ImageReference.Parse)];
        foreach (var reference in given.Where(reference => reference.Tag is not null)) SetName(reference, stored);
        return new ImportedImage(given, stored);
    }

    private StoredImage? Read(Digest digest)
    {
        var at = digest;
        for (var depth = 0; depth <= OciLimits.MaximumIndexDepth; depth++)
        {
            if (blobs.TryReadJson(at) is not { } json) return null;
            if (ImageIndex.IsIndex(json))
            {
                at = ImageIndex.Parse(json).Select($"index {at}").Descriptor.Digest;
                continue;
            }

            var manifest = ImageManifest.Parse(json);
            if (blobs.TryReadJson(manifest.Configuration.Digest) is not { } configurationJson) return null;
            var configuration = ImageConfiguration.Parse(configurationJson);
            if (configuration.DiffIds.Count != manifest.Layers.Count) throw OciJson.Wrong("diff_ids", "are not as many as there are layers");
            return Assemble(digest, new Descriptor(MediaTypes.Manifest, at, json.Length), manifest, configuration);
        }

        throw OciJson.Wrong($"index {digest}", "is nested too deeply");
    }
}
