using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cove.Volumes.Luks;

/// <summary>Writes the JSON area of a volume with one key slot and one segment.</summary>
internal static class LuksMetadataWriter
{
    public static byte[] Write(LuksKeySlot slot, LuksSegment segment, LuksDigest digest, int jsonBytes, long keySlotsBytes)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        // Base64 is written as it is: cryptsetup's reader need not undo escapes.
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            Numbered(json, "keyslots", 0, () => WriteSlot(json, slot));
            json.WriteStartObject("tokens");
            json.WriteEndObject();
            Numbered(json, "segments", 0, () => WriteSegment(json, segment));
            Numbered(json, "digests", 0, () => WriteDigest(json, digest));
            json.WriteStartObject("config");
            json.WriteString("json_size", Text(jsonBytes));
            json.WriteString("keyslots_size", Text(keySlotsBytes));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSlot(Utf8JsonWriter json, LuksKeySlot slot)
    {
        json.WriteString("type", "luks2");
        json.WriteNumber("key_size", slot.KeyBytes);
        json.WriteStartObject("af");
        json.WriteString("type", "luks1");
        json.WriteNumber("stripes", slot.Stripes);
        json.WriteString("hash", slot.SplitHash);
        json.WriteEndObject();
        json.WriteStartObject("area");
        json.WriteString("type", "raw");
        json.WriteString("offset", Text(slot.AreaOffset));
        json.WriteString("size", Text(slot.AreaBytes));
        json.WriteString("encryption", slot.AreaCipher);
        json.WriteNumber("key_size", slot.AreaKeyBytes);
        json.WriteEndObject();
        json.WriteStartObject("kdf");
        switch (slot.Derivation)
        {
            case LuksKeyDerivation.Pbkdf2 pbkdf2:
                json.WriteString("type", "pbkdf2");
                json.WriteString("hash", pbkdf2.Hash);
                json.WriteNumber("iterations", pbkdf2.Iterations);
                break;
            case LuksKeyDerivation.Argon2 argon2:
                json.WriteString("type", "argon2id");
                json.WriteNumber("time", argon2.Passes);
                json.WriteNumber("memory", argon2.Memory);
                json.WriteNumber("cpus", argon2.Lanes);
                break;
        }

        json.WriteBase64String("salt", slot.Derivation!.Salt.Span);
        json.WriteEndObject();
    }

    private static void WriteSegment(Utf8JsonWriter json, LuksSegment segment)
    {
        json.WriteString("type", segment.Type);
        json.WriteString("offset", Text(segment.Offset));
        json.WriteString("size", segment.Size is { } size ? Text(size) : "dynamic");
        json.WriteString("iv_tweak", segment.FirstTweak.ToString(CultureInfo.InvariantCulture));
        json.WriteString("encryption", segment.Cipher);
        json.WriteNumber("sector_size", segment.SectorSize);
    }

    private static void WriteDigest(Utf8JsonWriter json, LuksDigest digest)
    {
        json.WriteString("type", "pbkdf2");
        Ids(json, "keyslots", digest.KeySlots);
        Ids(json, "segments", digest.Segments);
        json.WriteString("hash", digest.Hash);
        json.WriteNumber("iterations", digest.Iterations);
        json.WriteBase64String("salt", digest.Salt.Span);
        json.WriteBase64String("digest", digest.Value.Span);
    }

    private static void Numbered(Utf8JsonWriter json, string name, int id, Action write)
    {
        json.WriteStartObject(name);
        json.WriteStartObject(Text(id));
        write();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Ids(Utf8JsonWriter json, string name, IReadOnlyList<int> ids)
    {
        json.WriteStartArray(name);
        foreach (var id in ids) json.WriteStringValue(Text(id));
        json.WriteEndArray();
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
