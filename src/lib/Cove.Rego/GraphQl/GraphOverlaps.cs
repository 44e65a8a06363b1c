using System.Runtime.CompilerServices;

namespace Cove.Rego.GraphQl;

/// <summary>Fields with one response name must be the same (GraphQL specification §5.3.2).</summary>
internal sealed partial class GraphValidation
{
    private readonly Dictionary<(string, string), bool> _comparedPairs = [];

    private void CheckOverlaps(List<GraphSelection> selections)
    {
        if (selections.Count == 0) return;
        var here = Collect(selections);
        var conflicts = new List<Conflict>();
        foreach (var fields in here.Fields.Values)
            for (var i = 0; i < fields.Count; i++)
                for (var j = i + 1; j < fields.Count; j++) Compare(conflicts, isExclusive: false, fields[i], fields[j]);
        var compared = new HashSet<string>();
        for (var i = 0; i < here.Spreads.Count; i++)
        {
            CompareWithFragment(conflicts, isExclusive: false, here, here.Spreads[i], compared);
            for (var j = i + 1; j < here.Spreads.Count; j++) CompareFragments(conflicts, isExclusive: false, here.Spreads[i], here.Spreads[j]);
        }

        foreach (var conflict in conflicts)
            Add($"Fields \"{conflict.Name}\" conflict because {conflict.Reason}. Use different aliases on the fields to fetch both if this was intentional.", conflict.Position);
    }

    /// <summary>The fields of a selection by response name, those of inline fragments included, and the fragments it spreads.</summary>
    private static Collected Collect(List<GraphSelection> selections)
    {
        var collected = new Collected([], []);
        Collect(selections, collected);
        return collected;
    }

    private static void Collect(List<GraphSelection> selections, Collected into)
    {
        foreach (var selection in selections)
        {
            switch (selection)
            {
                case GraphField field:
                    if (!into.Fields.TryGetValue(field.Alias, out var fields)) into.Fields[field.Alias] = fields = [];
                    fields.Add(field);
                    break;
                case GraphInlineFragment fragment:
                    Collect(fragment.Selections, into);
                    break;
                case GraphSpread spread:
                    if (!into.Spreads.Exists(s => s.Name == spread.Name)) into.Spreads.Add(spread);
                    break;
            }
        }
    }

    private void CompareWithFragment(List<Conflict> conflicts, bool isExclusive, Collected fields, GraphSpread spread, HashSet<string> compared)
    {
        if (!compared.Add(spread.Name) || spread.Fragment is not { } fragment) return;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var inside = Collect(fragment.Selections);
        CompareAll(conflicts, isExclusive, fields, inside);
        foreach (var next in inside.Spreads.Where(n => n.Name != spread.Name)) CompareWithFragment(conflicts, isExclusive, fields, next, compared);
    }

    private void CompareFragments(List<Conflict> conflicts, bool isExclusive, GraphSpread a, GraphSpread b)
    {
        if (a.Name == b.Name) return;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        // A comparison of fields that may both apply covers the one of fields that exclude each other, not the reverse.
        if (_comparedPairs.TryGetValue((a.Name, b.Name), out var wasExclusive) && (isExclusive || !wasExclusive)) return;
        _comparedPairs[(a.Name, b.Name)] = _comparedPairs[(b.Name, a.Name)] = isExclusive;
        if (a.Fragment is not { } first || b.Fragment is not { } second) return;
        var (left, right) = (Collect(first.Selections), Collect(second.Selections));
        CompareAll(conflicts, isExclusive, left, right);
        foreach (var spread in right.Spreads) CompareFragments(conflicts, isExclusive, a, spread);
        foreach (var spread in left.Spreads) CompareFragments(conflicts, isExclusive, spread, b);
    }

    private void CompareAll(List<Conflict> conflicts, bool isExclusive, Collected left, Collected right)
    {
        foreach (var (name, fields) in left.Fields)
        {
            if (!right.Fields.TryGetValue(name, out var others)) continue;
            foreach (var a in fields)
                foreach (var b in others) Compare(conflicts, isExclusive, a, b);
        }
    }

    private void Compare(List<Conflict> conflicts, bool isExclusive, GraphField a, GraphField b)
    {
        if (ReferenceEquals(a, b) || a.Parent is not { } parentA || b.Parent is not { } parentB) return;
        context.CountStep();
        RuntimeHelpers.EnsureSufficientExecutionStack();
        isExclusive = isExclusive || (parentA.Name != parentB.Name && parentA.Kind == GraphDefinition.Object && parentB.Kind == GraphDefinition.Object
            && a.Definition is not null && b.Definition is not null);
        if (!isExclusive && a.Name != b.Name) conflicts.Add(new Conflict(a.Alias, $"\"{a.Name}\" and \"{b.Name}\" are different fields", b.Position));
        else if (!isExclusive && !HaveSameArguments(a, b)) conflicts.Add(new Conflict(a.Alias, "they have differing arguments", b.Position));
        else if (a.Definition is { } left && b.Definition is { } right && GraphTypes.Conflict(schema, left.Type, right.Type))
            conflicts.Add(new Conflict(a.Alias, $"they return conflicting types \"{left.Type}\" and \"{right.Type}\"", b.Position));
        else CompareBelow(conflicts, isExclusive, a, b);
    }

    private void CompareBelow(List<Conflict> conflicts, bool isExclusive, GraphField a, GraphField b)
    {
        if (a.Selections.Count == 0 || b.Selections.Count == 0) return;
        var below = new List<Conflict>();
        var (left, right) = (Collect(a.Selections), Collect(b.Selections));
        CompareAll(below, isExclusive, left, right);
        foreach (var spread in right.Spreads) CompareWithFragment(below, isExclusive, left, spread, []);
        foreach (var spread in left.Spreads) CompareWithFragment(below, isExclusive, right, spread, []);
        foreach (var first in left.Spreads)
            foreach (var second in right.Spreads) CompareFragments(below, isExclusive, first, second);
        if (below.Count == 0) return;
        conflicts.Add(new Conflict(a.Alias, string.Join(" and ", below.Select(static c => $"subfields \"{c.Name}\" conflict because {c.Reason}")), b.Position));
    }

    private static bool HaveSameArguments(GraphField a, GraphField b) => a.Arguments.Count == b.Arguments.Count
        && a.Arguments.TrueForAll(x => b.Arguments.Find(y => y.Name == x.Name) is { } y && AreSame(x.Value, y.Value));

    private static bool AreSame(GraphValue a, GraphValue b) => a.Kind == b.Kind && a.Raw == b.Raw && a.Children.Count == b.Children.Count
        && a.Children.Zip(b.Children).All(static pair => pair.First.Name == pair.Second.Name && AreSame(pair.First.Value, pair.Second.Value));

    private sealed record Collected(Dictionary<string, List<GraphField>> Fields, List<GraphSpread> Spreads);

    private sealed record Conflict(string Name, string Reason, GraphPosition Position);
}
