using System.Text.Json;
using Cove.Rego;

namespace Cove.Cli.Commands.Rego;

/// <summary>Coverage as <c>opa test --coverage</c> prints it: one JSON document, also for people.</summary>
internal static class CoveragePage
{
    public static Answer Of(IReadOnlyList<RegoFileCoverage> files, double? threshold)
    {
        var exit = Total(files) < threshold ? (int)ExitCode.Rejected : 0;
        return Answer.Of(page => page.Document(Answer.Render(writer => Write(writer, files))), writer => Write(writer, files), exit);
    }

    private static double Total(IReadOnlyList<RegoFileCoverage> files) => RegoFileCoverage.PercentOf(files.Sum(static f => f.Covered.Count), files.Sum(static f => f.NotCovered.Count));

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<RegoFileCoverage> files)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("files");
        foreach (var file in files)
        {
            writer.WriteStartObject(file.File);
            WriteRanges(writer, "covered", file.Covered);
            WriteRanges(writer, "not_covered", file.NotCovered);
            WriteTotals(writer, file.Covered.Count, file.NotCovered.Count, file.Percent);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        WriteTotals(writer, files.Sum(static f => f.Covered.Count), files.Sum(static f => f.NotCovered.Count), Total(files));
        writer.WriteEndObject();
    }

    private static void WriteTotals(Utf8JsonWriter writer, int covered, int notCovered, double percent)
    {
        if (covered > 0) writer.WriteNumber("covered_lines", covered);
        if (notCovered > 0) writer.WriteNumber("not_covered_lines", notCovered);
        writer.WriteNumber("coverage", percent);
    }

    /// <summary>Rows next to each other are one range.</summary>
    private static void WriteRanges(Utf8JsonWriter writer, string name, IReadOnlyList<int> rows)
    {
        if (rows.Count == 0) return;
        writer.WriteStartArray(name);
        for (var i = 0; i < rows.Count; i++)
        {
            var start = rows[i];
            while (i + 1 < rows.Count && rows[i + 1] == rows[i] + 1) i++;
            writer.WriteStartObject();
            writer.WriteStartObject("start");
            writer.WriteNumber("row", start);
            writer.WriteEndObject();
            writer.WriteStartObject("end");
            writer.WriteNumber("row", rows[i]);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
