using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Formats.Jose;

/// <summary>
/// A JSON Web Key Set (RFC 7517 section 5) of public keys. Keys that cannot be used here are left out, as the RFC asks: of an unknown type,
/// without their numbers, outside their limits, or secret (<c>oct</c>), which whoever can read the set could sign with. What such a key signed is then signed by no key of the set.
/// </summary>
public sealed class Jwks
{
    /// <summary>Longest JSON text, in bytes.</summary>
    public const int MaximumJsonLength = 512 * 1024;

    /// <summary>Most keys.</summary>
    public const int MaximumKeys = 64;

    private const string Format = "JWKS";

    /// <summary>A set of these keys.</summary>
    /// <exception cref="MalformedException">Two keys have one <c>kid</c>, or there are too many.</exception>
    public Jwks(IReadOnlyList<Jwk> keys)
    {
        if (keys.Count > MaximumKeys) throw new MalformedException(Format, "keys", $"has more than {MaximumKeys} entries");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in keys)
            if (key.KeyId is not null && !seen.Add(key.KeyId)) throw new MalformedException(Format, "keys", $"has two keys with kid {key.KeyId}");
        Keys = keys;
    }

    /// <summary>The keys, in the order of the text.</summary>
    public IReadOnlyList<Jwk> Keys { get; }

    /// <summary>Reads a set.</summary>
    /// <exception cref="MalformedException">Not a key set, two keys share a <c>kid</c>, or over the limits.</exception>
    public static Jwks Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = StrictJson.ParseObject(utf8, Format, MaximumJsonLength);
        if (!document.RootElement.TryGetProperty("keys", out var entries) || entries.ValueKind != JsonValueKind.Array)
            throw new MalformedException(Format, "keys", "is not an array");
        if (entries.GetArrayLength() > MaximumKeys) throw new MalformedException(Format, "keys", $"has more than {MaximumKeys} entries");
        var keys = new List<Jwk>(entries.GetArrayLength());
        foreach (var entry in entries.EnumerateArray())
            if (Usable(entry) is { } key) keys.Add(key);
        return new(keys);
    }

    private static Jwk? Usable(JsonElement entry)
    {
        try
        {
            var key = Jwk.TryParse(entry, out _);
            if (key is not OctJwk) return key;
            key.Dispose();
            return null;
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    /// <summary>The key with this <c>kid</c>, compared ordinally, or null.</summary>
    public Jwk? Find(string keyId) => Keys.FirstOrDefault(k => k.KeyId == keyId);

    /// <summary>The set as compact UTF-8 JSON, public members only.</summary>
    public byte[] ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("keys");
            foreach (var key in Keys) key.WriteTo(writer, includePrivate: false);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
