using Cove.Outcomes;

namespace Cove.Images.Oci;

/// <summary>Reads an OCI image layout (OCI image specification, image layout 1.0).</summary>
internal sealed class LayoutReader(IImageFiles files)
{
    public static string BlobPath(Digest digest) => $"blobs/sha256/{digest.Hex}";

    public IReadOnlyList<SourceImage> Read(byte[] indexJson)
    {
        using (var layout = OciJson.Parse(files.ReadJson("oci-layout"), "oci-layout"))
        {
            var version = OciJson.Text(layout.RootElement, "imageLayoutVersion");
            if (!version.StartsWith("1.", StringComparison.Ordinal)) throw OciJson.Wrong("imageLayoutVersion", $"is '{version}', expected 1.x");
        }

        var index = ImageIndex.Parse(indexJson);

        // Entries of other platforms are passed over, so long as something is left.
        var entries = index.Entries.Where(entry => entry.Platform is null or ImageIndex.Platform).ToList();
        if (entries.Count == 0) entries = [index.Select("index.json")];
        return [.. entries.GroupBy(entry => entry.Descriptor.Digest).Select(group => ReadImage([.. group]))];
    }

    private SourceImage ReadImage(IReadOnlyList<IndexEntry> entries)
    {
        var top = entries[0].Descriptor;
        var documents = new Dictionary<Digest, byte[]>();
        var at = top;
        for (var depth = 0; MediaTypes.IsIndex(at.MediaType); depth++)
        {
            if (depth == OciLimits.MaximumIndexDepth) throw OciJson.Wrong("index", "is nested too deeply");
            at = ImageIndex.Parse(ReadDocument(at, documents)).Select($"index {at.Digest}").Descriptor;
        }

        if (!MediaTypes.IsManifest(at.MediaType)) throw OciJson.Wrong($"manifest {at.Digest}", $"is '{at.MediaType}', expected an image manifest");
        var manifest = ImageManifest.Parse(ReadDocument(at, documents));
        var configuration = ImageConfiguration.Parse(ReadDocument(manifest.Configuration, documents));
        if (configuration.DiffIds.Count != manifest.Layers.Count)
            throw OciJson.Wrong("diff_ids", $"are {configuration.DiffIds.Count}, but the manifest has {manifest.Layers.Count} layers");
        var names = entries.Select(entry => entry.Name).OfType<string>().Distinct(StringComparer.Ordinal);
        return new SourceImage([.. names], top.Digest, documents, manifest, at.Digest, configuration, [.. manifest.Layers.Select(l => new SourceBlob(l, BlobPath(l.Digest)))]);
    }

    private byte[] ReadDocument(Descriptor descriptor, Dictionary<Digest, byte[]> documents)
    {
        var content = files.ReadJson(BlobPath(descriptor.Digest));
        if (content.Length != descriptor.Size) throw OciJson.Wrong($"blob {descriptor.Digest}", $"is {content.Length} bytes, expected {descriptor.Size}");
        if (Digest.Of(content) is var actual && actual != descriptor.Digest) throw OciJson.Wrong($"blob {descriptor.Digest}", $"has the digest {actual}");
        return documents[descriptor.Digest] = content;
    }
}
