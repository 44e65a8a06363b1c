using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cove.Cli.Vault;

/// <summary>Release policies (Azure's grammar, version 1.0.0) as the owner writes and reads them.</summary>
internal static class ReleasePolicyText
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Releases only to a group that runs under one container policy: its hash is HOST_DATA of the report, and the guest must not be open
    /// to its host's debugger.
    /// </summary>
    /// <param name="hostData">SHA-256 of the container policy, 64 hex digits.</param>
    /// <param name="authority">The attestation service whose tokens count.</param>
    /// <param name="measurement">The launch measurement that the guest must have, 96 hex digits; null for any that the service accepts.</param>
    public static byte[] ForHostData(string hostData, Uri authority, string? measurement = null)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("version", "1.0.0");
            writer.WriteStartArray("anyOf");
            writer.WriteStartObject();
            writer.WriteString("authority", authority.AbsoluteUri.TrimEnd('/'));
            writer.WriteStartArray("allOf");
            WriteCondition(writer, "x-ms-attestation-type", "sevsnpvm");
            WriteCondition(writer, "x-ms-sevsnpvm-hostdata", hostData);
            WriteCondition(writer, "x-ms-sevsnpvm-is-debuggable", "false");
            if (measurement is not null) WriteCondition(writer, "x-ms-sevsnpvm-launchmeasurement", measurement);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>Whether a policy says what a text says. Services write policies anew, so bytes prove nothing; lines do.</summary>
    public static bool SameAs(JsonElement policy, byte[] text)
    {
        using var wanted = JsonDocument.Parse(text);
        return Lines(policy).SequenceEqual(Lines(wanted.RootElement));
    }

    /// <summary>The policy in lines: each authority, then each condition.</summary>
    public static IEnumerable<string> Lines(JsonElement policy)
    {
        foreach (var (word, alternatives) in Groups(policy))
        {
            foreach (var authority in alternatives)
            {
                yield return $"{(word == "anyOf" ? "to what" : "and to what")} {(authority.TryGetProperty("authority", out var url) ? url.ToString() : "nobody")} vouches for, with";
                foreach (var line in Conditions(authority, "  ")) yield return line;
            }
        }
    }

    private static IEnumerable<string> Conditions(JsonElement owner, string indent)
    {
        foreach (var (word, conditions) in Groups(owner))
        {
            if (conditions.Length > 1 || word == "anyOf") yield return $"{indent}{(word == "anyOf" ? "any of" : "all of")}";
            foreach (var condition in conditions)
            {
                if (Condition(condition) is { } text) yield return $"{indent}  {text}";
                else foreach (var line in Conditions(condition, indent + "  ")) yield return line;
            }
        }
    }

    private static string? Condition(JsonElement condition)
    {
        if (!condition.TryGetProperty("claim", out var claim)) return null;
        var test = condition.EnumerateObject().FirstOrDefault(p => p.Name != "claim");
        return $"{claim} {test.Name} {test.Value}";
    }

    private static IEnumerable<(string Word, JsonElement[] Members)> Groups(JsonElement owner)
    {
        foreach (var word in (string[])["anyOf", "allOf"])
            if (owner.TryGetProperty(word, out var list) && list.ValueKind == JsonValueKind.Array) yield return (word, [.. list.EnumerateArray().Where(m => m.ValueKind == JsonValueKind.Object)]);
    }

    private static void WriteCondition(Utf8JsonWriter writer, string claim, string value)
    {
        writer.WriteStartObject();
        writer.WriteString("claim", claim);
        writer.WriteString("equals", value);
        writer.WriteEndObject();
    }
}
