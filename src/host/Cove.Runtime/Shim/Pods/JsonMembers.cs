using System.Text.Json;

namespace Cove.Runtime.Shim.Pods;

/// <summary>Reads JSON in which whatever is empty is left out.</summary>
internal static class JsonMembers
{
    public static JsonElement Member(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var member) ? member : default;

    public static IEnumerable<JsonElement> Items(this JsonElement json) => json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : [];

    public static IEnumerable<JsonProperty> Members(this JsonElement json) => json.ValueKind == JsonValueKind.Object ? json.EnumerateObject() : [];

    public static string Text(this JsonElement json, string name) => json.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    public static IReadOnlyList<string> Texts(this JsonElement json, string name) => [.. json.Member(name).Items().Select(item => item.GetString() ?? "")];

    public static long Number(this JsonElement json, string name) => json.Member(name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt64() : 0;
}
