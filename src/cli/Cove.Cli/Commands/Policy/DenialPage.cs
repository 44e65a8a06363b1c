using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Cli.Commands.Policy;

/// <summary>The parts that answers about denials share.</summary>
internal static class DenialPage
{
    public static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    public static void WriteFindings(Utf8JsonWriter writer, IReadOnlyList<Finding> findings)
    {
        writer.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            writer.WriteStartObject();
            writer.WriteString("code", finding.Code);
            writer.WriteString("field", finding.Field);
            writer.WriteString("expected", finding.Expected);
            writer.WriteString("actual", finding.Actual);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
