using System.Buffers;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Images.Oci;

/// <summary>What an image consists of (OCI image specification, manifest).</summary>
/// <param name="Configuration">The configuration.</param>
/// <param name="Layers">The layers, base first.</param>
public sealed record ImageManifest(Descriptor Configuration, IReadOnlyList<Descriptor> Layers)
{
    /// <summary>Reads an OCI or Docker (version 2, schema 2) manifest.</summary>
    /// <exception cref="MalformedException">Not such a manifest, over a limit, or with layers that are not tars.</exception>
    public static ImageManifest Parse(ReadOnlyMemory<byte> json)
    {
        using var document = OciJson.Parse(json, "manifest");
        var root = document.RootElement;
        if (OciJson.Number(root, "schemaVersion") != 2) throw OciJson.Wrong("schemaVersion", "is not 2");
        if (OciJson.OptionalText(root, "mediaType") is { } type && !MediaTypes.IsManifest(type)) throw OciJson.Wrong("mediaType", $"'{type}' is no image manifest");
        var configuration = Descriptor.Parse(OciJson.Object(root, "config") ?? throw OciJson.Wrong("config", "is missing"));
        if (!MediaTypes.IsConfiguration(configuration.MediaType))
            throw OciJson.Wrong("config", $"is '{configuration.MediaType}', which is no container image's configuration");
        var layers = OciJson.Array(root, "layers", OciLimits.MaximumLayers).Select(Descriptor.Parse).ToList();
        foreach (var layer in layers)
        {
            if (!MediaTypes.IsLayer(layer.MediaType)) throw OciJson.Wrong($"layer {layer.Digest}", $"is '{layer.MediaType}', expected a tar");
            if (layer.Size > OciLimits.MaximumLayer) throw OciJson.Wrong($"layer {layer.Digest}", $"is {layer.Size} bytes, at most {OciLimits.MaximumLayer} are taken");
        }

        return new ImageManifest(configuration, layers);
    }

    internal byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.Manifest);
            json.WriteStartObject("config");
            Configuration.Write(json);
            json.WriteEndObject();
            json.WriteStartArray("layers");
            foreach (var layer in Layers)
            {
                json.WriteStartObject();
                layer.Write(json);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
