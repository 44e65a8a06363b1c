using System.Text.RegularExpressions;
using Cove.Cli.Commands.Develop;

namespace Cove.Cli.Tests.Commands;

/// <summary>Every finding code that the sources use has a page, and every page's code is used.</summary>
public sealed partial class ExplanationTests
{
    // A finding is made as `new Finding("code", …)`, or `new("code", …)` where the type is known.
    [GeneratedRegex("""new(?: Finding)?\(\s*"(?<code>[a-z0-9]+(?:-[a-z0-9]+)+)"\s*,""", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex FindingMade();

    private static HashSet<string> CodesInSources() =>
    [
        .. Directory.EnumerateFiles(Repository.Path("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.StartsWith(Repository.Path("src", "cli"), StringComparison.Ordinal))
            .Select(File.ReadAllText)
            .Where(text => text.Contains("Finding", StringComparison.Ordinal))
            .SelectMany(text => FindingMade().Matches(text))
            .Select(match => match.Groups["code"].Value),
    ];

    [Fact]
    public void Every_finding_code_in_the_sources_has_a_page() =>
        Assert.Empty(CodesInSources().Except(Explanation.All().Select(page => page.Code)).Order(StringComparer.Ordinal));

    [Fact]
    public void A_code_has_one_page() =>
        Assert.Empty(Explanation.All().GroupBy(page => page.Code).Where(pages => pages.Count() > 1).Select(pages => pages.Key));

    [Fact]
    public void A_page_says_what_it_means_and_what_to_do() =>
        Assert.All(Explanation.All(), page => Assert.True(page.Text.Length > 80 && page.Text.Contains(". ", StringComparison.Ordinal), $"{page.Code} is too short to help"));
}
