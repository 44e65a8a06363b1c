using System.Globalization;
using Cove.Rego.Conformance;

namespace Cove.Rego.Tests.Conformance;

/// <summary>
/// Other people's cases. <c>exclusions.tsv</c> names each case that does not agree yet, with the reason; it only shrinks: a case that is not in it must
/// agree, and one that agrees must leave it. <c>docs/conformance.md</c> states the figures, and must state today's.
/// </summary>
public sealed class ConformanceTests
{
    private static readonly Lazy<IReadOnlyList<ConformanceOutcome>> Outcomes = new(RunAll);

    private static string Root => FindRoot();

    private static string ExclusionsPath => Path.Combine(Root, "tests", "Cove.Rego.Tests", "Conformance", "exclusions.tsv");

    private static string PagePath => Path.Combine(Root, "docs", "conformance.md");

    [Fact]
    public void Every_case_agrees_but_the_listed_ones_and_those_do_not()
    {
        var outcomes = OutcomesOrSkip();
        if (Environment.GetEnvironmentVariable("COVE_WRITE") == "1") Write(outcomes);
        var listed = File.ReadAllLines(ExclusionsPath).Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('\t')[0]).ToHashSet();
        var failing = outcomes.Where(o => !o.Passed).ToList();
        Assert.Empty(failing.Where(o => !listed.Contains(o.Id)).Select(o => $"{o.Id}: {o.Reason}"));
        var ids = failing.Select(o => o.Id).ToHashSet();
        Assert.Empty(listed.Where(id => !ids.Contains(id)).Select(id => $"{id} agrees now: take it out of exclusions.tsv"));
    }

    [Fact]
    public void The_page_states_the_figures_of_today()
    {
        var outcomes = OutcomesOrSkip();
        var page = File.ReadAllText(PagePath);
        foreach (var row in Rows(outcomes)) Assert.Contains(row, page, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_exclusion_has_a_reason()
    {
        foreach (var line in File.ReadAllLines(ExclusionsPath).Where(l => l.Length > 0 && l[0] != '#'))
            Assert.Equal(2, line.Split('\t').Count(part => part.Length > 0));
    }

    private static IReadOnlyList<ConformanceOutcome> OutcomesOrSkip()
    {
        Assert.SkipWhen(!Directory.Exists(Cove.Tests.Vectors.Path("rego")), "the shared vectors hold no Rego suites");
        return Outcomes.Value;
    }

    private static IReadOnlyList<ConformanceOutcome> RunAll()
    {
        var outcomes = new List<ConformanceOutcome>();
        foreach (var file in Directory.EnumerateFiles(Cove.Tests.Vectors.Path("rego"), "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            outcomes.AddRange(ConformanceRunner.Run(File.ReadAllBytes(file)));
        return outcomes;
    }

    private static IEnumerable<string> Rows(IReadOnlyList<ConformanceOutcome> outcomes) => outcomes.GroupBy(o => o.Suite).OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => string.Create(CultureInfo.InvariantCulture, $"| {g.Key} | {g.Count()} | {g.Count(o => o.Passed)} | {100.0 * g.Count(o => o.Passed) / g.Count():F1} % |"));

    /// <summary>Brings both files up to date. A reason that someone wrote stays; a new one is what the case is missing.</summary>
    private static void Write(IReadOnlyList<ConformanceOutcome> outcomes)
    {
        var written = File.ReadAllLines(ExclusionsPath).Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split('\t'))
            .Where(parts => !parts[1].StartsWith("differs: ", StringComparison.Ordinal) && !parts[1].StartsWith("not built yet: ", StringComparison.Ordinal))
            .ToDictionary(parts => parts[0], parts => parts[1]);
        var lines = outcomes.Where(o => !o.Passed).OrderBy(o => o.Id, StringComparer.Ordinal).Select(o => $"{o.Id}\t{written.GetValueOrDefault(o.Id) ?? Reason(o.Reason!)}").Distinct();
        File.WriteAllText(ExclusionsPath, "# Cases that do not agree with OPA yet: id, reason. Only ever shrinks; COVE_WRITE=1 brings it up to date.\n" + string.Join('\n', lines) + "\n");
        var page = File.ReadAllLines(PagePath).ToList();
        var start = page.IndexOf("| --- | ---: | ---: | ---: |") + 1;
        var end = page.FindIndex(start, l => !l.StartsWith('|'));
        page.RemoveRange(start, end - start);
        page.InsertRange(start, Rows(outcomes));
        File.WriteAllText(PagePath, string.Join('\n', page) + "\n");
    }

    private static string Reason(string reason)
    {
        const string Missing = "undefined function ";
        var at = reason.IndexOf(Missing, StringComparison.Ordinal);
        if (at < 0) return "differs: " + string.Join(' ', reason.Split((char[])['\n', '\t', '\r', ' '], StringSplitOptions.RemoveEmptyEntries)) is var text && text.Length > 160 ? text[..160] : text;
        var name = new string([.. reason[(at + Missing.Length)..].TakeWhile(c => char.IsLetterOrDigit(c) || c is '.' or '_')]);
        return "not built yet: " + name;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Cove.slnx"))) folder = folder.Parent;
        return folder!.FullName;
    }
}
