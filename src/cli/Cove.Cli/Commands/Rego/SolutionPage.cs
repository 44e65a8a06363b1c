using System.Text.Json;
using Cove.Rego;
using Cove.Rego.Values;

namespace Cove.Cli.Commands.Rego;

/// <summary>The solutions of a query in the forms of <c>opa eval --format</c>.</summary>
internal static class SolutionPage
{
    public static void Write(Page page, string? format, string query, IReadOnlyList<RegoSolution> solutions)
    {
        switch (format)
        {
            case "json":
                page.Document(Answer.Render(writer => WriteJson(writer, query, solutions)));
                break;
            case "pretty":
                WritePretty(page, solutions);
                break;
            case "values":
                foreach (var solution in solutions) page.Document(Indented(RegoArray.Of([.. solution.Expressions])));
                break;
            case "bindings":
                foreach (var solution in solutions) page.Document(Indented(Bindings(solution)));
                break;
            case "raw":
                foreach (var solution in solutions) page.Line(string.Join(' ', solution.Expressions.Select(static v => v is RegoString text ? text.Value : v.ToJson())));
                break;
            case "discard":
                page.Line("discarded");
                break;
            default:
                foreach (var solution in solutions) page.Line(Text(solution));
                break;
        }
    }

    /// <summary>The document that <c>opa eval</c> prints: no "result" where the query is undefined.</summary>
    public static void WriteJson(Utf8JsonWriter writer, string query, IReadOnlyList<RegoSolution> solutions)
    {
        writer.WriteStartObject();
        WriteResult(writer, query, solutions);
        writer.WriteEndObject();
    }

    /// <summary>The same document with the coverage beside the result, also for people.</summary>
    public static Answer WithCoverage(string query, IReadOnlyList<RegoSolution> solutions, IReadOnlyList<RegoFileCoverage> files, int exit)
    {
        void WriteBoth(Utf8JsonWriter writer)
        {
            writer.WriteStartObject();
            WriteResult(writer, query, solutions);
            writer.WritePropertyName("coverage");
            CoveragePage.Write(writer, files);
            writer.WriteEndObject();
        }

        return Answer.Of(page => page.Document(Answer.Render(WriteBoth)), WriteBoth, exit);
    }

    private static void WriteResult(Utf8JsonWriter writer, string query, IReadOnlyList<RegoSolution> solutions)
    {
        if (solutions.Count == 0) return;
        writer.WriteStartArray("result");
        foreach (var solution in solutions) WriteSolution(writer, query, solution);
        writer.WriteEndArray();
    }

    private static void WriteSolution(Utf8JsonWriter writer, string query, RegoSolution solution)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("expressions");
        for (var i = 0; i < solution.Expressions.Count; i++)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("value");
            writer.WriteRawValue(solution.Expressions[i].ToJson(), skipInputValidation: true);
            if (solution.Expressions.Count == 1)
            {
                writer.WriteString("text", query);
                writer.WriteStartObject("location");
                writer.WriteNumber("row", 1);
                writer.WriteNumber("col", 1);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (solution.Bindings.Count > 0)
        {
            writer.WritePropertyName("bindings");
            writer.WriteRawValue(Bindings(solution).ToJson(), skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    /// <summary>One value by itself; several, or variables, as a table.</summary>
    private static void WritePretty(Page page, IReadOnlyList<RegoSolution> solutions)
    {
        if (solutions.Count == 0)
        {
            page.Line("undefined");
            return;
        }

        if (solutions is [{ Bindings.Count: 0, Expressions: [var only] }])
        {
            page.Document(Indented(only));
            return;
        }

        var names = solutions[0].Bindings.Select(static b => b.Key).ToList();
        var rows = names.Count > 0
            ? solutions.Select(s => names.ConvertAll(name => s[name]?.ToJson() ?? "")).ToList()
            : solutions.Select(static s => s.Expressions.Select(static e => e.ToJson()).ToList()).ToList();
        var heads = names.Count > 0 ? names : [.. Enumerable.Range(1, rows[0].Count).Select(static i => $"expression {i}")];
        var widths = heads.Select((head, i) => Math.Max(head.Length, rows.Max(r => r[i].Length))).ToList();
        var rule = "+" + string.Concat(widths.Select(static w => new string('-', w + 2) + "+"));
        page.Line(rule);
        page.Line(Row(heads, widths));
        page.Line(rule);
        foreach (var row in rows) page.Line(Row(row, widths));
        page.Line(rule);
    }

    private static string Row(List<string> cells, List<int> widths) => "|" + string.Concat(cells.Select((cell, i) => $" {cell.PadRight(widths[i])} |"));

    private static string Indented(RegoValue value)
    {
        using var document = JsonDocument.Parse(value.ToJson(), new JsonDocumentOptions { MaxDepth = 1000 });
        return Answer.Render(document.RootElement.WriteTo);
    }

    private static RegoObject Bindings(RegoSolution solution) => RegoObject.Of([.. solution.Bindings.Select(static b => (b.Key, b.Value))]);

    private static string Text(RegoSolution solution) => solution.Bindings.Count > 0
        ? "{" + string.Join(",", solution.Bindings.Select(static b => $"\"{b.Key}\":{b.Value.ToJson()}")) + "}"
        : string.Join(" ", solution.Expressions.Select(static e => e.ToJson()));
}
