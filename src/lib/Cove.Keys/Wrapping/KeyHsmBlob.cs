using System.Buffers;
using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Keys.Release;
using Cove.Outcomes;

namespace Cove.Keys.Wrapping;

/// <summary>The <c>key_hsm</c> member: base64url of a JSON object that carries the wrapped key.</summary>
internal static class KeyHsmBlob
{
    private const string Format = "key_hsm";
    private const string SchemaVersion = "1.0";
    private const int MaximumLength = 16 * 1024;

    public static byte[] Write(WrappedKey key, ReleaseDialect dialect)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            if (dialect == ReleaseDialect.ManagedHsm)
            {
                Ciphertext();
                Header(["alg", "enc", "kid"]);
                Schema();
            }
            else
            {
                Schema();
                Header(["kid", "alg", "enc"]);
                Ciphertext();
            }

            writer.WriteEndObject();
            writer.Flush();

            void Ciphertext() => writer.WriteString("ciphertext", Base64Url.Encode(key.Ciphertext.Span));
            void Schema() => writer.WriteString("schema_version", SchemaVersion);
            void Header(string[] order)
            {
                writer.WriteStartObject("header");
                foreach (var name in order)
                    writer.WriteString(name, name switch { "alg" => "dir", "enc" => key.Algorithm.Name, _ => key.WrappingKeyId });
                writer.WriteEndObject();
            }
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="MalformedException">Not such an object, another schema version, or an algorithm that we do not know.</exception>
    public static WrappedKey Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = StrictJson.ParseObject(utf8, Format, MaximumLength);
        var root = document.RootElement;
        var version = StrictJson.RequiredString(root, "schema_version", Format);
        if (version != SchemaVersion) throw new MalformedException(Format, "schema_version", $"is {version}, expected {SchemaVersion}");
        if (!root.TryGetProperty("header", out var header) || header.ValueKind != JsonValueKind.Object)
            throw new MalformedException(Format, "header", "is not an object");
        if (StrictJson.RequiredString(header, "alg", Format) != "dir") throw new MalformedException(Format, "alg", "is not dir");
        var enc = StrictJson.RequiredString(header, "enc", Format);
        var algorithm = WrapAlgorithm.Find(enc)
            ?? throw new MalformedException(Format, "enc", $"is {enc}, expected one of {string.Join(' ', WrapAlgorithm.All)}");
        return new(algorithm, StrictJson.RequiredString(header, "kid", Format), StrictJson.RequiredBytes(root, "ciphertext", Format));
    }
}
