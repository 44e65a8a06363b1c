using System.Text.Json;
using Cove.Cli.Shell;
using Cove.Outcomes;

namespace Cove.Cli.Output;

/// <summary>How a failure is told: two lines and a table of the reasons, or one JSON document.</summary>
internal static class FailurePage
{
    public static void WriteText(Page page, Failure failure)
    {
        if (failure.Line is { } line)
        {
            page.Line(line);
            return;
        }

        page.Line($"cove: {page.Bad("error:")} {failure.Message}");
        if (failure.Findings is { Count: > 0 } findings) VerdictPage.WriteFindings(page, findings);
        if (failure.Hint is { } hint) page.Line($"cove: hint: {hint}");
    }

    public static void WriteJson(Utf8JsonWriter writer, Failure failure)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("error");
        writer.WriteString("code", failure.Code);
        writer.WriteString("message", failure.Message);
        writer.WriteString("hint", failure.Hint);
        writer.WriteStartArray("findings");
        foreach (var finding in failure.Findings ?? []) WriteFinding(writer, finding);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter writer, Finding finding)
    {
        writer.WriteStartObject();
        writer.WriteString("code", finding.Code);
        writer.WriteString("field", finding.Field);
        writer.WriteString("expected", finding.Expected);
        writer.WriteString("actual", finding.Actual);
        writer.WriteString("section", finding.Section);
        writer.WriteEndObject();
    }
}
