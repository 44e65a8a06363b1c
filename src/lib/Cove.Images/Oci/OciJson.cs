using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Images.Oci;

/// <summary>Strict reading of an image's JSON documents: the wrong kind of value is an error, never a default.</summary>
internal static class OciJson
{
    private const int MaximumDepth = 32;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaximumDepth, AllowDuplicateProperties = false };

    /// <exception cref="MalformedException">Not one JSON object.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string document, JsonValueKind kind = JsonValueKind.Object)
    {
        try
        {
            var parsed = JsonDocument.Parse(json, Options);
            if (parsed.RootElement.ValueKind == kind) return parsed;
            parsed.Dispose();
            throw new MalformedException("OCI image", document, $"is no JSON {kind}");
        }
        catch (JsonException problem)
        {
            throw new MalformedException("OCI image", document, "is no valid JSON", problem.BytePositionInLine, problem);
        }
    }

    public static string Text(JsonElement parent, string name) => OptionalText(parent, name) ?? throw Wrong(name, "is missing");

    public static string? OptionalText(JsonElement parent, string name)
    {
        if (Member(parent, name) is not { } value) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, "is no string");
    }

    public static long Number(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : throw Wrong(name, "is no integer");

    public static JsonElement? Object(JsonElement parent, string name)
    {
        if (Member(parent, name) is not { } value) return null;
        return value.ValueKind == JsonValueKind.Object ? value : throw Wrong(name, "is no object");
    }

    public static IReadOnlyList<JsonElement> Array(JsonElement parent, string name, int maximum)
    {
        if (Member(parent, name) is not { } value) return [];
        if (value.ValueKind != JsonValueKind.Array) throw Wrong(name, "is no array");
        return value.GetArrayLength() <= maximum ? [.. value.EnumerateArray()] : throw Wrong(name, $"has over {maximum} elements");
    }

    public static IReadOnlyList<string> Texts(JsonElement parent, string name) =>
    [
        .. Array(parent, name, int.MaxValue).Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : throw Wrong(name, "holds something that is no string")),
    ];

    /// <summary>An object of strings, sorted by key.</summary>
    public static IReadOnlyDictionary<string, string> Map(JsonElement parent, string name)
    {
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Object(parent, name) is not { } value) return map;
        foreach (var member in value.EnumerateObject())
            map[member.Name] = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : throw Wrong(name, "holds something that is no string");
        return map;
    }

    public static MalformedException Wrong(string field, string problem) => new("OCI image", field, problem);

    private static JsonElement? Member(JsonElement parent, string name) =>
        parent.ValueKind != JsonValueKind.Object ? throw Wrong(name, "is sought in something that is no object")
        : parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
