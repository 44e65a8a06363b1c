using System.Text.Json;
using Cove.Outcomes;

namespace Cove.Cli.Output;

/// <summary>How a verdict is told: the answer in one line, a short table of what was checked, the next useful command.</summary>
internal static class VerdictPage
{
    // A guest's denial ends with the whole decision as the policy framework encodes it, for programs: with --json it is there.
    private const string EncodedDecision = "policy-decision";

    public static void WriteAccepted(Page page, string answer, IEnumerable<Check> checks, string? next)
    {
        page.Line($"{page.Good("✓ accepted")}: {answer}");
        WriteChecks(page, checks);
        if (next is not null) page.Line($"next: {next}");
    }

    public static void WriteRejected(Page page, string answer, IEnumerable<Check> checks, IReadOnlyList<Finding> findings, string next)
    {
        page.Line($"{page.Bad("✗ rejected")}: {answer}");
        WriteChecks(page, checks);
        WriteFindings(page, findings);
        page.Line($"next: {next}");
    }

    /// <summary>Every reason: code, field, expected, actual. A long value gets lines of its own.</summary>
    public static void WriteFindings(Page page, IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings.Where(finding => finding.Code != EncodedDecision || findings.Count == 1))
        {
            page.Line($"  {page.Bad("✗")} {finding.Code}  {finding.Field}{(finding.Section is { } section ? page.Faint($"  ({section})") : "")}");
            page.Line($"      expected  {finding.Expected}");
            page.Line($"      actual    {finding.Actual}");
        }
    }

    /// <summary>The table as a member of a JSON answer.</summary>
    public static void WriteChecks(Utf8JsonWriter writer, IEnumerable<Check> checks)
    {
        writer.WriteStartArray("checks");
        foreach (var check in checks)
        {
            writer.WriteStartObject();
            writer.WriteString("name", check.Name);
            if (check.Passed is { } passed) writer.WriteBoolean("passed", passed);
            else writer.WriteNull("passed");
            writer.WriteString("found", check.Found);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteChecks(Page page, IEnumerable<Check> checks)
    {
        var all = checks.ToArray();
        if (all.Length == 0) return;
        var name = all.Max(c => c.Name.Length);
        foreach (var check in all)
            page.Line($"  {Mark(page, check)} {check.Name.PadRight(name)}  {check.Found}{(check.Passed is null ? page.Faint("  (not compared)") : "")}");
    }

    private static string Mark(Page page, Check check) => check.Passed switch
    {
        true => page.Good("✓"),
        false => page.Bad("✗"),
        null => page.Faint("-"),
    };
}
