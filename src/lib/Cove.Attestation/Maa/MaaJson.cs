using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Maa;

/// <summary>
/// JSON as Microsoft Azure Attestation reads it: member names in any case, base64url with or without padding. Anything that would be
/// ambiguous, two members whose names differ in case alone among it, is refused.
/// </summary>
internal static class MaaJson
{
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, string format, int maximumLength) => StrictJson.ParseObject(utf8, format, maximumLength);

    /// <summary>The member of this name in any case; null where it is absent or null.</summary>
    public static JsonElement? Member(JsonElement owner, string name, string format)
    {
        JsonElement? found = null;
        foreach (var member in owner.EnumerateObject())
        {
            if (!member.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            if (found is not null) throw new MalformedException(format, name, "is there twice, in different case");
            found = member.Value;
        }

        return found is { ValueKind: JsonValueKind.Null } ? null : found;
    }

    /// <summary>The string member of this name; null where it is absent or null.</summary>
    public static string? Text(JsonElement owner, string name, string format) => Member(owner, name, format) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw new MalformedException(format, name, "is not a string"),
    };

    /// <summary>The bytes of a base64url member; null where it is absent, null or empty.</summary>
    public static byte[]? Bytes(JsonElement owner, string name, string format) => Text(owner, name, format) is { Length: > 0 } text ? Decode(text, format, name) : null;

    public static byte[] Required(JsonElement owner, string name, string format) =>
        Bytes(owner, name, format) ?? throw new MalformedException(format, name, "is missing or empty");

    /// <summary>Decodes base64url that may end in the padding its length asks for.</summary>
    public static byte[] Decode(string text, string format, string field)
    {
        var digits = text.AsSpan().TrimEnd('=');
        var padding = text.Length - digits.Length;
        if (padding > 0 && (text.Length % 4 != 0 || padding > 2)) throw new MalformedException(format, field, "has padding that does not fit its length");
        return Base64Url.TryDecode(digits, out var bytes) ? bytes : throw new MalformedException(format, field, "is not base64url");
    }

    /// <summary>Decodes base64 in either alphabet, as the clients of Azure VMs mix them.</summary>
    public static byte[] DecodeEither(string text, string format, string field) => Decode(text.Replace('+', '-').Replace('/', '_'), format, field);
}
