using Cove.Rego.Values;

namespace Cove.Rego.Evaluation;

/// <summary>
/// A loop whose body begins with "element.path == known" looks at every element each time it runs. When it runs again over the same array, the
/// elements are grouped by what stands at the path, and only those that match are visited, in their order.
/// </summary>
internal sealed class ScanIndex(RegoValue[] items, ScanProbe probe)
{
    public const int WorthIndexing = 16;
    private const int RunsBeforeIndex = 2;
    private Dictionary<RegoValue, List<int>>? _positions;
    private int _runs;

    public bool IsOver(RegoValue[] other) => ReferenceEquals(items, other);

    /// <summary>Counts a run; true from the one on that is worth an index.</summary>
    public bool IsReady()
    {
        if (_positions is not null) return true;
        if (_runs++ < RunsBeforeIndex) return false;
        _positions = [];
        for (var i = 0; i < items.Length; i++)
        {
            if (Lookup.Path(items[i], probe.Path) is not { } value) continue;
            if (!_positions.TryGetValue(value, out var list)) _positions[value] = list = [];
            list.Add(i);
        }

        return true;
    }

    public List<int> Positions(RegoValue wanted) => _positions!.TryGetValue(wanted, out var list) ? list : [];
}

/// <summary>The first thing that a loop's body asks of an element.</summary>
/// <param name="Path">The steps from the element to what is compared.</param>
/// <param name="Wanted">What it must equal; does not depend on the element.</param>
internal sealed record ScanProbe(RegoValue[] Path, Node Wanted)
{
    public static ScanProbe None { get; } = new([], new UndefinedNode());

    public bool IsNone => ReferenceEquals(this, None);

    public static ScanProbe? Find(int keySlot, int valueSlot, Block rest)
    {
        if (valueSlot < 0 || rest.Steps is not [EqualStep equal, ..]) return null;
        if (PathOf(equal.Left, valueSlot) is { } left && IsIndependent(equal.Right, keySlot, valueSlot)) return new ScanProbe(left, equal.Right);
        if (PathOf(equal.Right, valueSlot) is { } right && IsIndependent(equal.Left, keySlot, valueSlot)) return new ScanProbe(right, equal.Left);
        return null;
    }

    private static RegoValue[]? PathOf(Node node, int valueSlot)
    {
        var keys = new List<RegoValue>();
        for (; node is KeyNode step; node = step.Of) keys.Insert(0, step.Key);
        return node is LocalNode local && local.Slot == valueSlot && keys.Count > 0 ? [.. keys] : null;
    }

    private static bool IsIndependent(Node node, int keySlot, int valueSlot) => node switch
    {
        LocalNode local => local.Slot != keySlot && local.Slot != valueSlot,
        ConstantNode or InputNode => true,
        KeyNode step => IsIndependent(step.Of, keySlot, valueSlot),
        _ => false,
    };
}

internal sealed partial class EvaluationContext
{
    private Dictionary<ScanStep, ScanIndex>? _indexes;

    /// <summary>The index of a loop over an array, once it has run often enough.</summary>
    public ScanIndex? FindIndex(ScanStep loop, ScanProbe probe, RegoValue[] items)
    {
        _indexes ??= [];
        if (!_indexes.TryGetValue(loop, out var index) || !index.IsOver(items)) _indexes[loop] = index = new ScanIndex(items, probe);
        return index.IsReady() ? index : null;
    }
}
