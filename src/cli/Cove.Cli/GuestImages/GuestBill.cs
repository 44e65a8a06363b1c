using System.Buffers;
using System.Text.Json;

namespace Cove.Cli.GuestImages;

/// <summary>A guest image's bill of materials in CycloneDX 1.5. Without a time stamp and serial number: the same image has the same bill.</summary>
internal static class GuestBill
{
    public static byte[] Write(GuestManifest manifest)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("bomFormat", "CycloneDX");
            json.WriteString("specVersion", "1.5");
            json.WriteNumber("version", 1);
            json.WriteStartArray("components");
            Component(json, "application", "cove-agent", null, null, manifest.Agent);
            foreach (var package in manifest.Packages)
                Component(json, package.Name.StartsWith("linux-image-", StringComparison.Ordinal) ? "operating-system" : "library", package.Name, package.Version, $"pkg:deb/debian/{package.Name}@{Uri.EscapeDataString(package.Version)}?arch=amd64", package.Sha256);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Component(Utf8JsonWriter json, string type, string name, string? version, string? address, string sha256)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteString("name", name);
        if (version is not null) json.WriteString("version", version);
        if (address is not null) json.WriteString("purl", address);
        json.WriteStartArray("hashes");
        json.WriteStartObject();
        json.WriteString("alg", "SHA-256");
        json.WriteString("content", sha256);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
