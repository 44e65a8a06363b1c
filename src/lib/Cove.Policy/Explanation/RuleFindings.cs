using Cove.Outcomes;
using Cove.Policy.Enforcement;
using Cove.Rego;
using Cove.Rego.Values;

namespace Cove.Policy.Explanation;

/// <summary>
/// Findings for a denial by rules of the policy's own, which give no reason: the expression that each definition ended at. Values are left out, they may be
/// those of environment variables.
/// </summary>
internal static class RuleFindings
{
    private const string Section = "container-policy §2.3";

    internal static IReadOnlyList<Finding> For(EnforcementEngine engine, string point, RegoObject input) =>
        engine.Trace(point, input) is { } explanation ? [.. Failed(explanation).Select(failed => One(point, failed))] : [];

    /// <summary>The innermost failures: of a rule that fails because another does, the other one.</summary>
    private static IEnumerable<RegoFailedExpression> Failed(RegoExplanation explanation)
    {
        foreach (var failed in explanation.Rules.Select(rule => rule.Failed).OfType<RegoFailedExpression>())
        {
            var behind = failed.Because.SelectMany(Failed).ToList();
            if (behind.Count == 0) yield return failed;
            foreach (var inner in behind) yield return inner;
        }
    }

    private static Finding One(string point, RegoFailedExpression failed) => new(
        "rule-not-satisfied",
        $"{point} ({failed.File}:{failed.Row})",
        failed.Text,
        failed.Undefined.Count > 0 ? $"{string.Join(", ", failed.Undefined)} not given" : "does not hold",
        Section);
}
