using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class SetBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("intersection", "(set[set]) -> set") { One = Intersection },
        new("union", "(set[set]) -> set") { One = Union },
        new("set_diff", "(set, set) -> set")
        {
            IsDeprecated = true,
            Two = static (c, a, b) => Operands.Set(c, a, 1, out var x) && Operands.Set(c, b, 2, out var y) ? Difference(x, y) : null,
        },
    ];

    public static RegoSet Difference(RegoSet a, RegoSet b)
    {
        if (b.Count == 0 || a.Count == 0) return a;
        var result = new SetBuilder(a.Count);
        foreach (var member in a.Unordered)
            if (!b.Contains(member)) result.Add(member);
        return result.Build();
    }

    public static RegoSet Intersect(RegoSet a, RegoSet b)
    {
        if (b.Count < a.Count) (a, b) = (b, a);
        var result = new SetBuilder(a.Count);
        foreach (var member in a.Unordered)
            if (b.Contains(member)) result.Add(member);
        return result.Build();
    }

    public static RegoSet Unite(RegoSet a, RegoSet b)
    {
        if (a.Count == 0) return b;
        if (b.Count == 0) return a;
        var result = new SetBuilder(a.Count + b.Count);
        result.AddAll(a);
        result.AddAll(b);
        return result.Build();
    }

    private static RegoValue? Intersection(EvaluationContext context, RegoValue value)
    {
        if (!Sets(context, value, out var sets)) return null;
        if (sets.Length == 0) return RegoSet.Empty;
        var result = (RegoSet)sets[0];
        foreach (var next in sets.AsSpan(1)) result = Intersect(result, (RegoSet)next);
        return result;
    }

    private static RegoValue? Union(EvaluationContext context, RegoValue value)
    {
        if (!Sets(context, value, out var sets)) return null;
        var result = new SetBuilder();
        foreach (var set in sets) result.AddAll((RegoSet)set);
        return result.Build();
    }

    private static bool Sets(EvaluationContext context, RegoValue value, out RegoValue[] sets)
    {
        sets = [];
        if (!Operands.Set(context, value, 1, out var outer)) return false;
        sets = outer.Sorted;
        foreach (var member in sets)
        {
            if (member is RegoSet set)
            {
                context.CountSteps(set.Count >> 3);
                continue;
            }

            context.FailOperand(1, "set", Operands.KindName(member));
            return false;
        }

        return true;
    }
}
