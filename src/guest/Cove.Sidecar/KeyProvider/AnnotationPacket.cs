using System.Buffers;
using System.Text.Json;
using Cove.Sidecar.GoText;

namespace Cove.Sidecar.KeyProvider;

/// <summary>What is stored beside an encrypted image layer: the layer's key, wrapped, and where the key that opens it is released.</summary>
internal sealed record AnnotationPacket(string KeyId, byte[] WrappedData, string VaultEndpoint, string AttestationEndpoint)
{
    // The reference writes this for keys of every size, and reads nothing from it.
    private const string WrapType = "rsa_3072";

    /// <summary>Reads the JSON.</summary>
    /// <exception cref="SkrFailureException">It is not JSON of this shape.</exception>
    public static AnnotationPacket Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return new AnnotationPacket(root.Text("kid"), ByteField.Read(root.Member("wrapped_data")), root.Text("kms_endpoint"), root.Text("attester_endpoint"));
        }
        catch (JsonException e)
        {
            throw SkrFailureException.InWords("it is not JSON", e);
        }
    }

    /// <summary>Writes the JSON.</summary>
    public byte[] ToJson()
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            writer.WriteString("kid", KeyId);
            writer.WriteBase64String("wrapped_data", WrappedData);
            writer.WriteString("wrap_type", WrapType);
            writer.WriteString("kms_endpoint", VaultEndpoint);
            writer.WriteString("attester_endpoint", AttestationEndpoint);
            writer.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }
}
