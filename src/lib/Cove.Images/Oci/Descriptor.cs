using System.Text.Json;

namespace Cove.Images.Oci;

/// <summary>Content by type, digest and size (OCI image specification, descriptors).</summary>
/// <param name="MediaType">The media type.</param>
/// <param name="Digest">The digest of the content.</param>
/// <param name="Size">Bytes of the content; never negative.</param>
public sealed record Descriptor(string MediaType, Digest Digest, long Size)
{
    internal static Descriptor Parse(JsonElement json)
    {
        var size = OciJson.Number(json, "size");
        if (size < 0) throw OciJson.Wrong("size", "is negative");
        return new Descriptor(OciJson.Text(json, "mediaType"), Digest.Parse(OciJson.Text(json, "digest")), size);
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteString("mediaType", MediaType);
        json.WriteString("digest", Digest.ToString());
        json.WriteNumber("size", Size);
    }
}
