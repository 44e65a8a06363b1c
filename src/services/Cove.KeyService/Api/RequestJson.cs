using System.Text;
using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.KeyService.Api;

/// <summary>
/// A request's JSON object. Clients disagree about the case of member names (<c>Hsm</c>, <c>hsm</c>) and about base64 (padded or not,
/// URL-safe or not), so both are read leniently here, and only here; a member given in two cases is refused.
/// </summary>
internal readonly struct RequestJson(JsonElement element)
{
    private const string Format = "request";

    public static JsonDocument Parse(byte[] body, int maximumLength) => StrictJson.ParseObject(body, Format, maximumLength);

    public RequestJson? Object(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object ? new RequestJson(value) : throw Wrong(name, "an object");

    /// <summary>The objects of an array.</summary>
    public IReadOnlyList<RequestJson>? Objects(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Object)
            ? [.. value.EnumerateArray().Select(e => new RequestJson(e))]
            : throw Wrong(name, "an array of objects");

    public string? Text(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, "a string");

    public string RequiredText(string name) => Text(name) ?? throw KeyErrors.BadParameter($"{name} is required.");

    public bool? Flag(string name) => Find(name) is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, "a boolean"),
    };

    public int? Number(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw Wrong(name, "an integer");

    /// <summary>A time in whole seconds since 1970.</summary>
    public DateTimeOffset? Time(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seconds) && seconds is >= 0 and <= 253402300799
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw Wrong(name, "a time in whole seconds");

    public IReadOnlyList<string>? Texts(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(e => e.GetString()!)]
            : throw Wrong(name, "an array of strings");

    public IReadOnlyDictionary<string, string>? Map(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(e => e.Value.ValueKind == JsonValueKind.String)
            ? value.EnumerateObject().ToDictionary(e => e.Name, e => e.Value.GetString()!, StringComparer.Ordinal)
            : throw Wrong(name, "an object of strings");

    /// <summary>Bytes in base64, of either alphabet, with or without padding.</summary>
    public byte[]? Bytes(string name)
    {
        if (Find(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.String) throw Wrong(name, "a string");
        var raw = Encoding.UTF8.GetBytes(value.GetString()!).AsSpan().TrimEnd((byte)'=');
        raw.Replace((byte)'+', (byte)'-');
        raw.Replace((byte)'/', (byte)'_');
        try
        {
            return Base64Url.Decode(raw, Format, name);
        }
        catch (MalformedException)
        {
            throw Wrong(name, "base64url");
        }
        finally
        {
            raw.Clear();
        }
    }

    private JsonElement? Find(string name)
    {
        JsonElement? found = null;
        foreach (var member in element.EnumerateObject())
        {
            if (!string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase)) continue;
            if (found is not null) throw KeyErrors.BadParameter($"{name} is given twice.");
            found = member.Value;
        }

        return found is { ValueKind: JsonValueKind.Null } ? null : found;
    }

    private static Hosting.Errors.ServiceException Wrong(string name, string expected) => KeyErrors.BadParameter($"{name} is not {expected}.");
}
