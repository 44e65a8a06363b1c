using Cove.Outcomes;

namespace Cove.Cli.Output;

/// <summary>One line of a verdict's table: what was checked, and what was found.</summary>
/// <param name="Name">What was checked, e.g. <c>chain to AMD's root</c>.</param>
/// <param name="Passed">Whether it holds; null where there was nothing to compare it with.</param>
/// <param name="Found">What was found, e.g. <c>Milan, VCEK</c>.</param>
internal sealed record Check(string Name, bool? Passed, string Found)
{
    /// <summary>A check that fails where one of these codes was found, and then says which.</summary>
    public static Check Of(string name, IReadOnlyList<Finding> findings, string found, params string[] codes)
    {
        var failed = findings.Where(finding => codes.Contains(finding.Code, StringComparer.Ordinal)).Select(finding => finding.Code).Distinct().ToArray();
        return new(name, failed.Length == 0, failed.Length == 0 ? found : string.Join(", ", failed));
    }
}
