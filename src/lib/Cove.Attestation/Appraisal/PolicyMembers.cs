using System.Globalization;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Attestation.Appraisal;

/// <summary>
/// The members of one object of a policy file. A name that nothing asked for is an error: a misspelt minimum would otherwise be no
/// minimum at all.
/// </summary>
internal sealed class PolicyMembers
{
    public const string Format = "appraisal policy";

    private const string AnyValue = "any";
    private const int MaximumValues = 4096;
    private readonly Dictionary<string, JsonElement> unread;
    private readonly string path;

    public PolicyMembers(JsonElement owner, string path)
    {
        unread = owner.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
        this.path = path;
    }

    /// <summary>An inner object; null where it is absent.</summary>
    public T? Object<T>(string name, Func<PolicyMembers, T> read)
        where T : class
    {
        if (Take(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Object) throw Wrong(name, "is not an object");
        var members = new PolicyMembers(value, path + name + ".");
        var result = read(members);
        members.End();
        return result;
    }

    /// <summary>True or false; false where it is absent.</summary>
    public bool Flag(string name) => Take(name) switch
    {
        null => false,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Wrong(name, "is neither true nor false"),
    };

    /// <summary>A whole number from zero to <paramref name="maximum"/>; zero where it is absent.</summary>
    public long Number(string name, long maximum) => Take(name) is not { } value ? 0 : Whole(value, maximum) ?? throw Wrong(name, $"is not a whole number from 0 to {maximum}");

    /// <summary>Whole numbers from zero to <paramref name="maximum"/>; none where they are absent.</summary>
    public IReadOnlyList<long> Numbers(string name, long maximum) =>
        Take(name) is not { } values ? [] : [.. Items(name, values).Select(value => Whole(value, maximum) ?? throw Wrong(name, $"holds something other than whole numbers from 0 to {maximum}"))];

    /// <summary>Strings; none where they are absent.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        Take(name) is not { } values ? [] : [.. Items(name, values).Select(value => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name, "holds something other than strings"))];

    /// <summary>A string; null where it is absent.</summary>
    public string? Text(string name) => Take(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Wrong(name, "is not a string"),
    };

    /// <summary>A time in ISO 8601; null where it is absent.</summary>
    public DateTimeOffset? Time(string name) => Text(name) is not { } text ? null
        : DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
        : throw Wrong(name, "is not a time like 2026-01-31 or 2026-01-31T12:00:00Z");

    /// <summary>Members of an enumeration by their names; none where they are absent.</summary>
    public IReadOnlyList<T> Words<T>(string name)
        where T : struct, Enum =>
        [.. Texts(name).Select(word => Enum.GetNames<T>().Contains(word, StringComparer.Ordinal) ? Enum.Parse<T>(word) : throw Wrong(name, $"has \"{word}\", expected {string.Join(", ", Enum.GetNames<T>())}"))];

    /// <summary>Reference values of <paramref name="size"/> bytes, in hex, or the word <c>any</c>; none where they are absent.</summary>
    public ReferenceValues References(string name, int size) => Take(name) is { } value ? Reference(name, value, size) : ReferenceValues.None;

    /// <summary>As <see cref="References"/>; null where they are absent.</summary>
    public ReferenceValues? OptionalReferences(string name, int size) => Take(name) is { } value ? Reference(name, value, size) : null;

    /// <summary>64 bits in hexadecimal, e.g. <c>0x3f</c>; zero where they are absent.</summary>
    public ulong Bits(string name) => Text(name) is not { } text ? 0
        : text.StartsWith("0x", StringComparison.Ordinal) && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits) ? bits
        : throw Wrong(name, "is not a hexadecimal number like 0x3f");

    /// <summary>Whether the member is there and was not read yet.</summary>
    public bool Has(string name) => unread.ContainsKey(name);

    /// <summary>Several fields, each with its own reference values; none where they are absent.</summary>
    public IReadOnlyList<ReferenceValues> ReferenceLists(string name, int size) => Take(name) is not { } values ? [] : [.. Items(name, values).Select(value => Reference(name, value, size))];

    /// <summary>The names and objects of a table whose names the caller judges; none where it is absent.</summary>
    public IEnumerable<(string Name, PolicyMembers Members)> Table(string name)
    {
        if (Take(name) is not { } value) yield break;
        if (value.ValueKind != JsonValueKind.Object) throw Wrong(name, "is not an object");
        foreach (var entry in value.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Object) throw Wrong($"{name}.{entry.Name}", "is not an object");
            var members = new PolicyMembers(entry.Value, $"{path}{name}.{entry.Name}.");
            yield return (entry.Name, members);
            members.End();
        }
    }

    /// <summary>Requires that every member was asked for.</summary>
    /// <exception cref="MalformedException">One was not.</exception>
    public void End()
    {
        if (unread.Count > 0) throw Wrong(unread.Keys.Order(StringComparer.Ordinal).First(), "is not known here");
    }

    // A name may be empty, and an error names its field.
    public MalformedException Wrong(string name, string problem) => new(Format, path + (name.Length == 0 ? "\"\"" : name), problem);

    private JsonElement? Take(string name) => unread.Remove(name, out var value) ? value : null;

    private static long? Whole(JsonElement value, long maximum) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= 0 && number <= maximum ? number : null;

    private IEnumerable<JsonElement> Items(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= MaximumValues ? value.EnumerateArray() : throw Wrong(name, $"is not an array of at most {MaximumValues} entries");

    private ReferenceValues Reference(string name, JsonElement value, int size)
    {
        if (value.ValueKind == JsonValueKind.String && value.ValueEquals(AnyValue)) return ReferenceValues.Any;
        if (value.ValueKind != JsonValueKind.Array) throw Wrong(name, $"is neither an array of {2 * size} hex digits each nor \"{AnyValue}\"");
        return ReferenceValues.Of(Items(name, value).Select(entry => (ReadOnlyMemory<byte>)Hex(name, entry, size)).ToArray());
    }

    private byte[] Hex(string name, JsonElement entry, int size) =>
        entry.ValueKind == JsonValueKind.String && entry.GetString() is { } hex && hex.Length == 2 * size && hex.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(hex)
            : throw Wrong(name, $"holds something other than {2 * size} hex digits");
}
