using System.Text.Json;
using Cove.Images.Layers;
using Cove.Images.Oci;
using Cove.Images.Verity;
using Cove.Outcomes;

namespace Cove.Images.Store;

/// <summary>What is known of layers by their diff id, and their ext4 images by root hash. All of it can be computed again.</summary>
internal sealed class LayerCache(string root, string temporaryFolder)
{
    private readonly string layers = Path.Combine(root, "layers");
    private readonly string images = Path.Combine(root, "ext4");

    public LayerFacts? Find(Digest diffId)
    {
        var path = Path.Combine(layers, diffId.Hex + ".json");
        if (!File.Exists(path)) return null;
        try
        {
            using var document = OciJson.Parse(File.ReadAllBytes(path), path);
            var json = document.RootElement;
            var facts = new LayerFacts(
                RootHash.Parse(OciJson.Text(json, "root")), OciJson.Number(json, "imageSize"), Digest.Parse(OciJson.Text(json, "diffId"), "diffId"));
            return facts.DiffId == diffId ? facts : null;
        }
        catch (MalformedException)
        {
            // A damaged entry is no loss: the caller computes it again and replaces it.
            return null;
        }
    }

    public void Add(LayerFacts facts)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("diffId", facts.DiffId.ToString());
            json.WriteString("root", facts.Root.Hex);
            json.WriteNumber("imageSize", facts.ImageSize);
            json.WriteEndObject();
        }

        AtomicFile.Write(Path.Combine(layers, facts.DiffId.Hex + ".json"), temporaryFolder, buffer.ToArray());
    }

    /// <summary>The layer's ext4 image, where it is there and has its size.</summary>
    public string? FindImage(LayerFacts facts)
    {
        var file = new FileInfo(ImagePath(facts.Root));
        return file.Exists && file.Length == facts.ImageSize ? file.FullName : null;
    }

    /// <summary>Writes an image through a callback that learns the facts meanwhile.</summary>
    public LayerFacts AddImage(Func<Stream, LayerFacts> write) => AtomicFile.Write("layer.ext4", temporaryFolder, file =>
    {
        var facts = write(file);
        return (ImagePath(facts.Root), facts);
    });

    private string ImagePath(RootHash rootHash) => Path.Combine(images, rootHash.Hex + ".ext4");
}
