using System.Globalization;
using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Cli.Yaml;

/// <summary>A YAML document as JSON, by the rules of YAML 1.2 for plain scalars, with merge keys (<c>&lt;&lt;</c>) applied.</summary>
internal static class YamlJson
{
    // Aliases may name the same list again and again; what comes out is bounded whatever goes in.
    private const int MaxNodes = 1_000_000;

    /// <exception cref="MalformedException">Its aliases make it larger than is read.</exception>
    public static byte[] Write(YamlNode document)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            var left = MaxNodes;
            Write(writer, document, ref left);
        }

        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, YamlNode node, ref int left)
    {
        if (--left < 0) throw new MalformedException("YAML", "document", $"has more than {MaxNodes} values, aliases counted");
        switch (node)
        {
            case YamlScalar scalar:
                WriteScalar(writer, scalar);
                break;
            case YamlSequence sequence:
                writer.WriteStartArray();
                foreach (var item in sequence.Items) Write(writer, item, ref left);
                writer.WriteEndArray();
                break;
            case YamlMapping mapping:
                writer.WriteStartObject();
                foreach (var (name, value) in Merged(mapping))
                {
                    writer.WritePropertyName(name);
                    Write(writer, value, ref left);
                }

                writer.WriteEndObject();
                break;
        }
    }

    private static IEnumerable<(string Name, YamlNode Value)> Merged(YamlMapping mapping)
    {
        var names = new HashSet<string>(mapping.Entries.Select(entry => entry.Key.Value), StringComparer.Ordinal);
        foreach (var (key, value) in mapping.Entries.Where(entry => !IsMerge(entry.Key))) yield return (key.Value, value);
        foreach (var (_, merged) in mapping.Entries.Where(entry => IsMerge(entry.Key)))
        {
            foreach (var source in merged is YamlSequence list ? list.Items : [merged])
            {
                if (source is not YamlMapping from) throw new MalformedException("YAML", "<<", "merges what is no mapping");
                foreach (var (name, value) in Merged(from))
                    if (names.Add(name)) yield return (name, value);
            }
        }
    }

    private static bool IsMerge(YamlScalar key) => key is { Value: "<<", IsPlain: true };

    private static void WriteScalar(Utf8JsonWriter writer, YamlScalar scalar)
    {
        if (!scalar.IsPlain)
        {
            writer.WriteStringValue(scalar.Value);
            return;
        }

        switch (scalar.Value)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                writer.WriteNullValue();
                break;
            case "true" or "True" or "TRUE":
                writer.WriteBooleanValue(true);
                break;
            case "false" or "False" or "FALSE":
                writer.WriteBooleanValue(false);
                break;
            case var number when IsNumber(number):
                writer.WriteRawValue(number);
                break;
            default:
                writer.WriteStringValue(scalar.Value);
                break;
        }
    }

    // Numbers that JSON writes alike; others (octal, infinity, a leading plus) stay text, and whoever wants a number says so.
    private static bool IsNumber(string text)
    {
        var digits = text.StartsWith('-') ? text[1..] : text;
        return digits.Length is > 0 and < 30 && char.IsAsciiDigit(digits[0]) && char.IsAsciiDigit(digits[^1]) && (digits[0] != '0' || digits.Length == 1 || digits[1] == '.')
            && digits.All(letter => char.IsAsciiDigit(letter) || letter == '.') && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
    }
}
