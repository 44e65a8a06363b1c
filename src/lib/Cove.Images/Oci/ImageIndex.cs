using System.Buffers;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Images.Oci;

/// <summary>One entry of an index.</summary>
internal sealed record IndexEntry(Descriptor Descriptor, string? Platform, IReadOnlyDictionary<string, string> Annotations)
{
    private const string ContainerdName = "io.containerd.image.name";
    private const string RefName = "org.opencontainers.image.ref.name";

    /// <summary>The name the entry carries: the full one that containerd and Docker write, else the reference name.</summary>
    public string? Name => Annotations.TryGetValue(ContainerdName, out var full) ? full : Annotations.GetValueOrDefault(RefName);
}

/// <summary>A list of images, e.g. one a platform (OCI image specification, image index).</summary>
internal sealed record ImageIndex(IReadOnlyList<IndexEntry> Entries)
{
    /// <summary>The one platform that guests have.</summary>
    public const string Platform = "linux/amd64";

    public static ImageIndex Parse(ReadOnlyMemory<byte> json)
    {
        using var document = OciJson.Parse(json, "index");
        var root = document.RootElement;
        if (OciJson.Number(root, "schemaVersion") != 2) throw OciJson.Wrong("schemaVersion", "is not 2");
        if (OciJson.OptionalText(root, "mediaType") is { } type && !MediaTypes.IsIndex(type)) throw OciJson.Wrong("mediaType", $"'{type}' is no image index");
        return new ImageIndex([.. OciJson.Array(root, "manifests", OciLimits.MaximumImages).Where(IsImage).Select(ParseEntry)]);
    }

    /// <summary>Whether a document lists images rather than being one's manifest.</summary>
    public static bool IsIndex(ReadOnlyMemory<byte> json)
    {
        using var document = OciJson.Parse(json, "manifest");
        return document.RootElement.TryGetProperty("manifests", out _) && !document.RootElement.TryGetProperty("layers", out _);
    }

    /// <summary>The first entry for linux/amd64; an only entry that names no platform counts as one.</summary>
    /// <exception cref="MalformedException">There is none.</exception>
    public IndexEntry Select(string what)
    {
        var match = Entries.FirstOrDefault(entry => entry.Platform == Platform);
        if (match is not null) return match;
        if (Entries is [{ Platform: null } only]) return only;
        var offered = string.Join(", ", Entries.Select(entry => entry.Platform ?? "unnamed").Distinct(StringComparer.Ordinal));
        throw new MalformedException("OCI image", what, $"has no image for {Platform}, only for: {(offered.Length == 0 ? "none" : offered)}");
    }

    public static byte[] Write(Descriptor manifest, string? name)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.Index);
            json.WriteStartArray("manifests");
            json.WriteStartObject();
            manifest.Write(json);
            if (name is not null)
            {
                json.WriteStartObject("annotations");
                json.WriteString("io.containerd.image.name", name);
                json.WriteString("org.opencontainers.image.ref.name", name);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    // What is attached to an image stands in a layout's list beside it, by its type.
    private static bool IsImage(JsonElement json) => OciJson.OptionalText(json, "artifactType") is null or MediaTypes.Configuration;

    private static IndexEntry ParseEntry(JsonElement json)
    {
        var platform = OciJson.Object(json, "platform") is { } p ? $"{OciJson.Text(p, "os")}/{OciJson.Text(p, "architecture")}" : null;
        return new IndexEntry(Descriptor.Parse(json), platform, OciJson.Map(json, "annotations"));
    }
}
