using System.Text.RegularExpressions;
using Cove.Policy.Model;

namespace Cove.Policy.Generation;

/// <summary>
/// Compares a policy with what a template yields, in the form of <c>az confcom acipolicygen --diff</c> (spec §6.8): containers paired by image
/// or name, lists without regard to order, and a variable covered by any rule that matches it.
/// </summary>
public static class ConfcomDiff
{
    /// <summary>What it prints when there is no difference.</summary>
    public const string Match = "Existing policy and Template match";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The differences as JSON; null where there are none.</summary>
    /// <param name="existing">The policy that the template carries.</param>
    /// <param name="generated">What it yields.</param>
    /// <param name="indented">With an indentation of two, or in one line.</param>
    public static string? Compare(PolicyDocument existing, PolicyDocument generated, bool indented = true)
    {
        var found = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var container in generated.Containers)
        {
            var name = container.Name ?? container.Id ?? "container";
            var partners = existing.Containers.Where(other => other.Id == container.Id || other.Name == container.Name).ToList();
            if (partners.Count == 0)
            {
                found[name] = $"{container.Id ?? "None"} not found in policy";
                continue;
            }

            // Of several with the same image, the one that is meant is the one that differs least.
            var least = partners.Select(partner => Differences(partner, container)).MinBy(Size)!;
            if (least.Count > 0) found[name] = least;
        }

        return found.Count == 0 ? null : CompactJson.Write(found, indented);
    }

    /// <summary>Whether a container of a fragment allows all that a container asks, layers aside (spec §6.8).</summary>
    internal static bool Covers(PolicyContainer fragment, PolicyContainer container) =>
        Differences(fragment with { Layers = [] }, container with { Layers = [] }).Count == 0;

    private static Dictionary<string, object?> Differences(PolicyContainer policy, PolicyContainer tested)
    {
        var (left, right) = (PolicyWriter.Fields(policy), PolicyWriter.Fields(tested));
        var diff = new StructuralDiff();
        foreach (var field in left.Keys.Intersect(right.Keys, StringComparer.Ordinal).Where(field => field is not ("id" or "env_rules")).Order(StringComparer.Ordinal))
            diff.Compare(field, left[field], right[field]);
        var result = diff.Found;
        if (Variables(policy.EnvRules, tested.EnvRules) is { Count: > 0 } variables) result["env_rules"] = variables;
        return result;
    }

    private static int Size(Dictionary<string, object?> differences) => differences.Values.Sum(kind => kind switch
    {
        IReadOnlyDictionary<string, object?> members => members.Count,
        IReadOnlyCollection<object?> variables => variables.Count,
        _ => 1,
    });

    private static List<object?> Variables(IReadOnlyList<EnvRule> policy, IReadOnlyList<EnvRule> tested) =>
    [
        .. tested.Where(rule => rule.Pattern is not null && !Covered(rule, policy))
            .Select(rule => $"environment variable with rule '{rule.Pattern}' "
                + (rule.Strategy == "string" ? "does not match strings or regex in policy rules" : "is not in the policy")),
    ];

    private static bool Covered(EnvRule rule, IReadOnlyList<EnvRule> policy) =>
        policy.Any(other => other.Strategy == rule.Strategy && other.Pattern == rule.Pattern)
        || (rule.Strategy == "string" && policy.Any(other => other is { Strategy: "re2", Pattern: { } pattern } && Matches(pattern, rule.Pattern!)));

    private static bool Matches(string pattern, string text)
    {
        try
        {
            return Regex.IsMatch(text, pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Patience);
        }
        catch (Exception bad) when (bad is ArgumentException or NotSupportedException)
        {
            // A pattern that is none matches nothing, in the guest as here.
            return false;
        }
    }
}
