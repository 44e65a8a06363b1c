using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Cove.Outcomes;

namespace Cove.Formats.Jose;

/// <summary>
/// JSON that decides about trust: one object, no member twice (RFC 7515 section 4 lets a parser take the last one; then two parsers
/// can read two things), no comments, no trailing bytes, bounded depth and size.
/// </summary>
public static class StrictJson
{
    /// <summary>Deeper than any token, key set or policy of ours.</summary>
    public const int MaximumDepth = 32;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaximumDepth, AllowDuplicateProperties = false };

    /// <summary>Reads one JSON object. The document refers to <paramref name="utf8"/>, which must outlive it.</summary>
    /// <param name="utf8">UTF-8 text.</param>
    /// <param name="format">What is being read, for the error.</param>
    /// <param name="maximumLength">Longest text accepted, in bytes.</param>
    /// <exception cref="MalformedException">Too long, not JSON, not an object, a member given twice, or text after the object.</exception>
    public static JsonDocument ParseObject(ReadOnlyMemory<byte> utf8, string format, int maximumLength)
    {
        if (utf8.Length > maximumLength) throw new MalformedException(format, "document", $"is {utf8.Length} bytes, more than {maximumLength}");
        try
        {
            RequireUnicode(utf8.Span, format);
            var document = JsonDocument.Parse(utf8, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
            var kind = document.RootElement.ValueKind;
            document.Dispose();
            throw new MalformedException(format, "document", $"is a JSON {kind}, expected an object");
        }
        catch (JsonException e)
        {
            throw new MalformedException(format, "document", "is not a JSON object with each member once", e.BytePositionInLine, e);
        }
    }

    /// <summary>
    /// Requires that every string of a JSON text is Unicode: UTF-8 throughout, and no escaped half of a surrogate pair. The JSON reader
    /// lets both pass and fails only when the string is asked for.
    /// </summary>
    /// <exception cref="MalformedException">It is not.</exception>
    public static void RequireUnicode(ReadOnlySpan<byte> json, string format)
    {
        if (!Utf8.IsValid(json)) throw new MalformedException(format, "document", "is not UTF-8");
        for (var at = json.IndexOf((byte)'\\'); at >= 0 && at + 1 < json.Length;)
        {
            var after = at + 2;
            if (json[at + 1] == (byte)'u')
            {
                var unit = Escaped(json, at);
                after = at + 6;
                if (unit is >= 0xDC00 and <= 0xDFFF) throw HalfPair(format, at);
                if (unit is >= 0xD800 and <= 0xDBFF)
                {
                    if (Escaped(json, after) is not (>= 0xDC00 and <= 0xDFFF)) throw HalfPair(format, at);
                    after += 6;
                }
            }

            if (after >= json.Length) return;
            var next = json[after..].IndexOf((byte)'\\');
            at = next < 0 ? -1 : after + next;
        }
    }

    /// <summary>The string member of this name, or null where it is absent.</summary>
    /// <exception cref="MalformedException">It is there and is not a string.</exception>
    public static string? OptionalString(JsonElement owner, string name, string format)
    {
        if (!owner.TryGetProperty(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new MalformedException(format, name, "is not a string");
    }

    /// <summary>The string member of this name.</summary>
    /// <exception cref="MalformedException">It is absent or not a string.</exception>
    public static string RequiredString(JsonElement owner, string name, string format)
        => OptionalString(owner, name, format) ?? throw new MalformedException(format, name, "is missing");

    /// <summary>The strings of an array member, or null where it is absent.</summary>
    /// <exception cref="MalformedException">It is there and is not an array of strings, or has more than <paramref name="maximum"/>
    /// entries.</exception>
    public static IReadOnlyList<string>? OptionalStrings(JsonElement owner, string name, string format, int maximum)
    {
        if (!owner.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.Array) throw new MalformedException(format, name, "is not an array");
        if (value.GetArrayLength() > maximum) throw new MalformedException(format, name, $"has more than {maximum} entries");
        var strings = new List<string>(value.GetArrayLength());
        foreach (var entry in value.EnumerateArray())
            strings.Add(entry.ValueKind == JsonValueKind.String ? entry.GetString()!
                : throw new MalformedException(format, name, "holds an entry that is not a string"));
        return strings;
    }

    /// <summary>The decoded bytes of a base64url member, without a string in between; null where it is absent.</summary>
    /// <exception cref="MalformedException">It is not a string of canonical base64url.</exception>
    public static byte[]? OptionalBytes(JsonElement owner, string name, string format)
    {
        if (!owner.TryGetProperty(name, out var value)) return null;
        if (value.ValueKind != JsonValueKind.String) throw new MalformedException(format, name, "is not a string");
        // The raw text with its quotes: base64url needs no JSON escape, so one that is escaped fails the alphabet.
        return Base64Url.Decode(JsonMarshal.GetRawUtf8Value(value)[1..^1], format, name);
    }

    /// <summary>The code unit of an escape <c>\uXXXX</c> at this place; -1 where there is none.</summary>
    private static int Escaped(ReadOnlySpan<byte> json, int at) =>
        at + 6 <= json.Length && json[at] == (byte)'\\' && json[at + 1] == (byte)'u'
        && System.Buffers.Text.Utf8Parser.TryParse(json.Slice(at + 2, 4), out ushort unit, out var read, 'x') && read == 4 ? unit : -1;

    private static MalformedException HalfPair(string format, int at) => new(format, "document", "has an escaped half of a surrogate pair", at);

    /// <summary>The decoded bytes of a base64url member.</summary>
    /// <exception cref="MalformedException">It is absent or not a string of canonical base64url.</exception>
    public static byte[] RequiredBytes(JsonElement owner, string name, string format)
        => OptionalBytes(owner, name, format) ?? throw new MalformedException(format, name, "is missing");
}
