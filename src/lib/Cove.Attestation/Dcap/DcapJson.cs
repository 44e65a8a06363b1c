using System.Globalization;
using System.Text.Json;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>Members of Intel's JSON documents, in the forms they have there.</summary>
internal static class DcapJson
{
    private const int MaximumEntries = 1024;

    public static byte[] Hex(JsonElement owner, string name, int size, string format) =>
        Hex(StrictJson.RequiredString(owner, name, format), name, size, format);

    public static byte[] Hex(string text, string name, int size, string format) => text.Length == 2 * size && text.All(char.IsAsciiHexDigit)
        ? Convert.FromHexString(text)
        : throw new MalformedException(format, name, $"is not {2 * size} hex digits");

    public static int Number(JsonElement owner, string name, int maximum, string format) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 && number <= maximum
            ? number
            : throw new MalformedException(format, name, $"is not a number from 0 to {maximum}");

    public static DateTimeOffset Time(JsonElement owner, string name, string format) =>
        DateTimeOffset.TryParseExact(
            StrictJson.RequiredString(owner, name, format), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new MalformedException(format, name, "is not a time like 2026-01-31T12:00:00Z");

    public static JsonElement Object(JsonElement owner, string name, string format) => owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
        ? value
        : throw new MalformedException(format, name, "is missing or not an object");

    /// <summary>The entries of an array member; none where it is absent and need not be there.</summary>
    public static List<T> List<T>(JsonElement owner, string name, bool required, string format, Func<JsonElement, T> read)
    {
        if (!owner.TryGetProperty(name, out var value)) return required ? throw new MalformedException(format, name, "is missing") : [];
        if (value.ValueKind != JsonValueKind.Array) throw new MalformedException(format, name, "is not an array");
        if (value.GetArrayLength() > MaximumEntries) throw new MalformedException(format, name, $"has more than {MaximumEntries} entries");
        List<T> entries = new(value.GetArrayLength());
        foreach (var entry in value.EnumerateArray())
            entries.Add(entry.ValueKind == JsonValueKind.Object ? read(entry) : throw new MalformedException(format, name, "has an entry that is not an object"));
        return entries;
    }

    /// <summary>What every TCB level says beside its versions.</summary>
    public static TcbLevel Level(JsonElement level, string format) => new(
        TcbStatuses.Parse(StrictJson.RequiredString(level, "tcbStatus", format), format),
        Time(level, "tcbDate", format),
        StrictJson.OptionalStrings(level, "advisoryIDs", format, MaximumEntries) ?? []);
}
