using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cove.Attestation.Tokens;

/// <summary>The JSON of tokens: compact, and escaped as little as JSON allows, since a <c>kid</c> is base64.</summary>
internal static class TokenJson
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An object with these members.</summary>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
