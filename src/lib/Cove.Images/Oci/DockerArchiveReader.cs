using System.Security.Cryptography;
using System.Text.Json;
using Cove.Images.Layers;
using Cove.Outcomes;

namespace Cove.Images.Oci;

/// <summary>
/// Reads what <c>docker save</c> wrote before it wrote image layouts too: manifest.json names a configuration and layer tars. There is
/// no manifest in it, so one is made: always the same for the same image.
/// </summary>
internal sealed class DockerArchiveReader(IImageFiles files)
{
    public IReadOnlyList<SourceImage> Read(byte[] manifestJson)
    {
        using var document = OciJson.Parse(manifestJson, "manifest.json", JsonValueKind.Array);
        if (document.RootElement.GetArrayLength() is 0 or > OciLimits.MaximumImages) throw OciJson.Wrong("manifest.json", "names no image, or too many");
        return [.. document.RootElement.EnumerateArray().Select(ReadImage)];
    }

    private SourceImage ReadImage(JsonElement item)
    {
        var configurationPath = OciJson.Text(item, "Config");
        var configurationJson = files.ReadJson(configurationPath);
        var configurationDigest = Digest.Of(configurationJson);
        CheckNamedDigest(configurationPath, configurationDigest);
        var configuration = ImageConfiguration.Parse(configurationJson);
        var paths = OciJson.Texts(item, "Layers");
        if (paths.Count > OciLimits.MaximumLayers) throw OciJson.Wrong("Layers", $"are over {OciLimits.MaximumLayers}");
        if (configuration.DiffIds.Count != paths.Count) throw OciJson.Wrong("diff_ids", $"are {configuration.DiffIds.Count}, but the archive has {paths.Count} layers");

        var layers = paths.Select(ReadLayer).ToList();
        var manifest = new ImageManifest(
            new Descriptor(MediaTypes.Configuration, configurationDigest, configurationJson.Length), [.. layers.Select(layer => layer.Descriptor)]);
        var manifestJson = manifest.Write();
        var manifestDigest = Digest.Of(manifestJson);
        var documents = new Dictionary<Digest, byte[]> { [configurationDigest] = configurationJson, [manifestDigest] = manifestJson };
        return new SourceImage(OciJson.Texts(item, "RepoTags"), manifestDigest, documents, manifest, manifestDigest, configuration, layers);
    }

    /// <summary>A file whose name is a digest must have that digest.</summary>
    private static void CheckNamedDigest(string path, Digest actual)
    {
        var name = path[(path.LastIndexOf('/') + 1)..].Replace(".json", "", StringComparison.Ordinal);
        if (Digest.TryParse($"sha256:{name}", out var named) && named != actual) throw OciJson.Wrong($"file '{path}'", $"has the digest {actual}");
    }

    private SourceBlob ReadLayer(string path)
    {
        var type = MediaTypes.Layer + LayerCompression.MediaTypeSuffix(files, path);
        using var stream = files.Open(path) ?? throw OciJson.Wrong($"layer '{path}'", "is missing");
        if (stream.Length > OciLimits.MaximumLayer) throw OciJson.Wrong($"layer '{path}'", $"is {stream.Length} bytes, at most {OciLimits.MaximumLayer} are taken");
        var digest = Digest.FromHash(SHA256.HashData(stream));
        CheckNamedDigest(path, digest);
        return new SourceBlob(new Descriptor(type, digest, stream.Length), path);
    }
}
