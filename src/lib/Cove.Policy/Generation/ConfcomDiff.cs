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

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The differences as JSON with an indentation of two; null where there are none.</summary>
    /// <param name="existing">The policy that the template carries.</param>
    /// <param name="generated">What it yields.</param>
    public static string? Compare(PolicyDocument existing, PolicyDocument generated)
    {
        var found = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var container in generated.Containers)
        {
            var partner = existing.Containers.FirstOrDefault(other => (container.Id is not null && other.Id == container.Id) || (container.Name is not null && other.Name == container.Name));
            var name = container.Name ?? container.Id ?? "container";
            if (partner is null)
            {
                found[name] = $"{container.Id ?? name} not found in policy";
                continue;
            }

            if (Differences(partner, container) is { Count: > 0 } differences) found[name] = differences;
        }

        return found.Count == 0 ? null : CompactJson.Write(found, indented: true);
    }

    private static Dictionary<string, object?> Differences(PolicyContainer policy, PolicyContainer tested)
    {
        var (left, right) = (PolicyWriter.Fields(policy), PolicyWriter.Fields(tested));
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var field in left.Keys.Union(right.Keys, StringComparer.Ordinal).Where(field => field is not ("id" or "env_rules")).Order(StringComparer.Ordinal))
        {
            if (left.GetValueOrDefault(field) is IEnumerable<object?> was && right.GetValueOrDefault(field) is IEnumerable<object?> now) Lists(result, field, was, now);
            else if (Text(left.GetValueOrDefault(field)) != Text(right.GetValueOrDefault(field))) Add(result, "values_changed", field, left.GetValueOrDefault(field), right.GetValueOrDefault(field));
        }

        if (Variables(policy.EnvRules, tested.EnvRules) is { Count: > 0 } variables) result["env_rules"] = variables;
        return result;
    }

    private static void Lists(Dictionary<string, object?> result, string field, IEnumerable<object?> was, IEnumerable<object?> now)
    {
        var (left, right) = (was.ToDictionaryByText(), now.ToDictionaryByText());
        foreach (var (text, value) in left.Where(item => !right.ContainsKey(item.Key))) Add(result, "values_removed", field, value, null);
        foreach (var (text, value) in right.Where(item => !left.ContainsKey(item.Key))) Add(result, "values_added", field, null, value);
    }

    private static void Add(Dictionary<string, object?> result, string kind, string field, object? policy, object? tested)
    {
        var fields = (Dictionary<string, object?>)(result.GetValueOrDefault(kind) ?? (result[kind] = new Dictionary<string, object?>(StringComparer.Ordinal)))!;
        var values = (List<object?>)(fields.GetValueOrDefault(field) ?? (fields[field] = new List<object?>()))!;
        var entry = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (policy is not null) entry["policy_value"] = policy;
        if (tested is not null) entry["tested_value"] = tested;
        values.Add(entry);
    }

    private static List<object?> Variables(IReadOnlyList<EnvRule> policy, IReadOnlyList<EnvRule> tested) =>
    [
        .. tested.Where(rule => rule.Pattern is not null && !Covered(rule, policy))
            .Select(rule => $"environment variable with rule '{rule.Pattern}' does not match strings or regex in policy rules"),
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

    private static Dictionary<string, object?> ToDictionaryByText(this IEnumerable<object?> items)
    {
        var byText = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var item in items) byText.TryAdd(Text(item), item);
        return byText;
    }

    private static string Text(object? value) => CompactJson.Write(value, indented: false);
}
