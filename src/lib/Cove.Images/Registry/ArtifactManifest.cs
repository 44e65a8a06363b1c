using System.Buffers;
using System.Text;
using System.Text.Json;
using Cove.Images.Oci;

namespace Cove.Images.Registry;

/// <summary>The manifest of something that is no image: one file of a type, perhaps about an image (OCI image specification 1.1, artifacts).</summary>
internal static class ArtifactManifest
{
    /// <summary>The empty configuration that such manifests have.</summary>
    public static byte[] EmptyConfiguration => Encoding.UTF8.GetBytes("{}");

    /// <summary>Writes one.</summary>
    /// <param name="artifactType">What it is.</param>
    /// <param name="file">The file.</param>
    /// <param name="title">The file's name.</param>
    /// <param name="subject">The manifest that it is about; null for none.</param>
    public static byte[] Write(string artifactType, Descriptor file, string title, Descriptor? subject)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.Manifest);
            json.WriteString("artifactType", artifactType);
            json.WriteStartObject("config");
            new Descriptor("application/vnd.oci.empty.v1+json", Digest.Of(EmptyConfiguration), EmptyConfiguration.Length).Write(json);
            json.WriteEndObject();
            json.WriteStartArray("layers");
            json.WriteStartObject();
            file.Write(json);
            json.WriteStartObject("annotations");
            json.WriteString("org.opencontainers.image.title", title);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
            if (subject is not null)
            {
                json.WriteStartObject("subject");
                subject.Write(json);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The manifest that one is about; null for none.</summary>
    public static Digest? Subject(ReadOnlyMemory<byte> manifest)
    {
        using var document = OciJson.Parse(manifest, "artifact");
        return OciJson.Object(document.RootElement, "subject") is { } subject ? Descriptor.Parse(subject).Digest : null;
    }

    /// <summary>The files of one: type, digest and size.</summary>
    public static IReadOnlyList<Descriptor> Files(ReadOnlyMemory<byte> manifest)
    {
        using var document = OciJson.Parse(manifest, "artifact");
        return [.. OciJson.Array(document.RootElement, "layers", OciLimits.MaximumLayers).Select(Descriptor.Parse)];
    }
}
