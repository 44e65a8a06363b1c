using System.Buffers;
using System.Text.Json;
using Cove.Images.Oci;

namespace Cove.Images.Registry;

/// <summary>The list of what refers to a manifest (OCI distribution specification 1.1, referrers).</summary>
internal static class ReferrerIndex
{
    /// <summary>The manifests of one type of artifact.</summary>
    public static IReadOnlyList<Descriptor> Read(ReadOnlyMemory<byte> index, string artifactType)
    {
        using var document = OciJson.Parse(index, "referrers");
        return [.. OciJson.Array(document.RootElement, "manifests", OciLimits.MaximumImages)
            .Where(entry => OciJson.OptionalText(entry, "artifactType") == artifactType)
            .Select(Descriptor.Parse)];
    }

    /// <summary>The list with one entry more.</summary>
    /// <param name="before">The list so far; null for none.</param>
    /// <param name="manifest">The manifest.</param>
    /// <param name="artifactType">What it is.</param>
    public static byte[] With(byte[]? before, Descriptor manifest, string artifactType)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var document = before is null ? null : OciJson.Parse(before, "referrers");
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.Index);
            json.WriteStartArray("manifests");
            foreach (var entry in document is null ? [] : OciJson.Array(document.RootElement, "manifests", OciLimits.MaximumImages))
            {
                if (Descriptor.Parse(entry).Digest != manifest.Digest) entry.WriteTo(json);
            }

            json.WriteStartObject();
            manifest.Write(json);
            json.WriteString("artifactType", artifactType);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
