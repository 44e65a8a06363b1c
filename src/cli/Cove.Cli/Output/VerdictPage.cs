using Cove.Outcomes;

namespace Cove.Cli.Output;

/// <summary>How a verdict is told: the answer in one line, a short table of what was checked, the next useful command.</summary>
internal static class VerdictPage
{
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
        foreach (var finding in findings)
        {
            page.Line($"  {page.Bad("✗")} {finding.Code}  {finding.Field}{(finding.Section is { } section ? page.Faint($"  ({section})") : "")}");
            page.Line($"      expected  {finding.Expected}");
            page.Line($"      actual    {finding.Actual}");
        }
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
