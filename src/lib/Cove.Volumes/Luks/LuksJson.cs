using System.Globalization;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Volumes.Luks;

/// <summary>Members of the metadata, each named in the error when it is not what the format says (LUKS2 specification section 3.1).</summary>
internal static class LuksJson
{
    /// <summary>The members of an object whose names are numbers, in the order of those.</summary>
    public static IEnumerable<(int Id, JsonElement Value)> Numbered(JsonElement owner, string name, int most)
    {
        var found = Member(owner, name);
        if (found.ValueKind != JsonValueKind.Object) throw Wrong(name, "is not an object");
        var members = found.EnumerateObject().Select(member => (
            Id: int.TryParse(member.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw Wrong(name, $"has a member {member.Name} that is no number"),
            member.Value)).OrderBy(member => member.Id).ToList();
        return members.Count <= most ? members : throw Wrong(name, $"has {members.Count} members, at most {most} are read");
    }

    public static JsonElement Member(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) ? value : throw Wrong(name, "is missing");

    public static JsonElement? Optional(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) ? value : null;

    public static string Text(JsonElement owner, string name) =>
        Member(owner, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw Wrong(name, "is not a string");

    public static int Number(JsonElement owner, string name, int least, int most) =>
        Member(owner, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) && value >= least && value <= most
            ? value
            : throw Wrong(name, $"is not a number from {least} to {most}");

    /// <summary>A number of up to 63 bits, which the format writes as a string.</summary>
    public static long LargeNumber(JsonElement owner, string name) => ParseLarge(name, Text(owner, name));

    public static long ParseLarge(string name, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw Wrong(name, "is not a decimal number");

    public static byte[] Bytes(JsonElement owner, string name, int least, int most)
    {
        var bytes = Member(owner, name) is { ValueKind: JsonValueKind.String } text && text.TryGetBytesFromBase64(out var value) ? value : throw Wrong(name, "is not base64");
        return bytes.Length >= least && bytes.Length <= most ? bytes : throw Wrong(name, $"is {bytes.Length} bytes, expected {least} to {most}");
    }

    public static IReadOnlyList<int> Ids(JsonElement owner, string name) =>
        Member(owner, name) is { ValueKind: JsonValueKind.Array } array
            ? [.. array.EnumerateArray().Select(id => id.ValueKind == JsonValueKind.String && int.TryParse(id.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? value
                : throw Wrong(name, "has an entry that is no number"))]
            : throw Wrong(name, "is not an array");

    public static MalformedException Wrong(string field, string problem) => new(LuksHeader.Format, field, problem);
}
