namespace Cove.Policy.Generation;

/// <summary>
/// Differences of two values in the words of <c>az confcom</c>: lists without regard to order, items of two lists that resemble each other
/// compared with each other, and each difference filed under the member of the container that it is in.
/// </summary>
internal sealed class StructuralDiff
{
    // Where more of two lists differs than this, or of two of their items, they are another list, another item.
    private const double MostOfList = 0.7;
    private const double MostOfItem = 0.3;

    private readonly Dictionary<string, Dictionary<string, object?>> found = new(StringComparer.Ordinal);
    private int leaves;

    /// <summary>Kind of difference to member to differences; empty where there is none.</summary>
    internal Dictionary<string, object?> Found => found.ToDictionary(kind => kind.Key, object? (kind) => kind.Value, StringComparer.Ordinal);

    /// <summary>Compares a member of two containers.</summary>
    internal void Compare(string member, object? policy, object? tested)
    {
        switch (policy, tested)
        {
            case (IReadOnlyDictionary<string, object?> was, IReadOnlyDictionary<string, object?> now):
                foreach (var (name, value) in was.Where(entry => now.ContainsKey(entry.Key))) Compare(member, value, now[name]);
                break;
            case (IEnumerable<object?> was, IEnumerable<object?> now):
                CompareLists(member, [.. was], [.. now]);
                break;
            default:
                CompareLeaves(member, policy, tested);
                break;
        }
    }

    private void CompareLeaves(string member, object? policy, object? tested)
    {
        if (Text(policy) == Text(tested)) return;
        leaves++;
        var values = new Dictionary<string, object?>(StringComparer.Ordinal) { ["policy_value"] = policy, ["tested_value"] = tested };
        var sameType = TypeOf(policy) == TypeOf(tested);
        if (!sameType) (values["old_type"], values["new_type"]) = (TypeOf(policy), TypeOf(tested));
        Report(sameType ? "values_changed" : "type_changes", member, values);
    }

    private void CompareLists(string member, IReadOnlyList<object?> policy, IReadOnlyList<object?> tested)
    {
        var (was, now) = (policy.DistinctBy(Text).ToList(), tested.DistinctBy(Text).ToList());
        var (wasTexts, nowTexts) = (was.Select(Text).ToHashSet(StringComparer.Ordinal), now.Select(Text).ToHashSet(StringComparer.Ordinal));
        var removed = was.Where(item => !nowTexts.Contains(Text(item))).ToList();
        var added = now.Where(item => !wasTexts.Contains(Text(item))).ToList();
        leaves += removed.Count + added.Count;
        if ((removed.Count + added.Count) / (double)(was.Count + now.Count + 1) <= MostOfList)
        {
            foreach (var item in added.ToList())
            {
                if (removed.FindIndex(other => Resemble(other, item)) is not (>= 0 and var partner)) continue;
                Compare(member, removed[partner], item);
                removed.RemoveAt(partner);
                added.Remove(item);
            }
        }

        foreach (var item in removed) Report("values_removed", member, item);
        foreach (var item in added) Report("values_added", member, item);
    }

    private static bool Resemble(object? policy, object? tested)
    {
        if (policy is string && tested is string) return true;
        var trial = new StructuralDiff();
        trial.Compare("", policy, tested);
        return trial.leaves < MostOfItem * (Size(policy) + Size(tested));
    }

    private static int Size(object? value) => value switch
    {
        IReadOnlyDictionary<string, object?> members => 1 + members.Values.Sum(Size),
        IEnumerable<object?> items => 1 + items.Sum(Size),
        _ => 1,
    };

    private void Report(string kind, string member, object? value)
    {
        if (!found.TryGetValue(kind, out var members)) found[kind] = members = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (members.GetValueOrDefault(member) is List<object?> values) values.Add(value);
        else members[member] = new List<object?> { value };
    }

    // The names that these types have where az confcom was written.
    private static string TypeOf(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        string => "str",
        IReadOnlyDictionary<string, object?> => "dict",
        IEnumerable<object?> => "list",
        _ => "int",
    };

    private static string Text(object? value) => CompactJson.Write(value, indented: false);
}
