using System.Runtime.CompilerServices;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class ObjectBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("object.get", "(obj, any, any) -> any") { Many = Get },
        new("object.keys", "(obj) -> set") { One = Keys },
        new("object.union", "(obj, obj) -> obj") { Two = Union },
        new("object.union_n", "(array[obj]) -> obj") { One = UnionN },
        new("object.remove", "(obj, <arr, obj, set>) -> obj") { Two = static (c, a, b) => Select(c, a, b, keep: false) },
        new("object.filter", "(obj, <arr, obj, set>) -> obj") { Two = static (c, a, b) => Select(c, a, b, keep: true) },
        new("object.subset", "(<arr, obj, set>, <arr, obj, set>) -> bool") { Two = Subset },
    ];

    private static RegoValue? Get(EvaluationContext context, RegoValue[] arguments)
    {
        if (!Operands.Object(context, arguments[0], 1, out var obj)) return null;
        if (arguments[1] is not RegoArray path) return obj.Find(arguments[1]) ?? arguments[2];
        return Lookup.Path(obj, path.Items) ?? arguments[2];
    }

    private static RegoValue? Keys(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Object(context, value, 1, out var obj)) return null;
        context.CountSteps(obj.Count >> 3);
        var keys = new SetBuilder(obj.Count);
        for (var i = 0; i < obj.Count; i++) keys.Add(obj.RawKey(i));
        return keys.Build();
    }

    private static RegoValue? Union(EvaluationContext context, RegoValue a, RegoValue b) =>
        Operands.Object(context, a, 1, out var x) && Operands.Object(context, b, 2, out var y) && MayMerge(context, x, y) ? Merge(x, y) : null;

    /// <summary>Merging goes through what both have.</summary>
    private static bool MayMerge(EvaluationContext context, RegoObject a, RegoObject b)
    {
        context.CheckSize(b.Count <= 16 && b.Weight <= 64 ? b.Count : Math.Min(a.Weight, b.Weight));
        return true;
    }

    /// <summary>Deep: objects on both sides merge, everything else is taken from the right.</summary>
    private static RegoObject Merge(RegoObject a, RegoObject b)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var result = new ObjectBuilder(a.Count + b.Count);
        for (var i = 0; i < a.Count; i++) result.Set(a.RawKey(i), a.RawValue(i));
        for (var i = 0; i < b.Count; i++)
        {
            var value = b.RawValue(i);
            result.Set(b.RawKey(i), value is RegoObject right && result.Find(b.RawKey(i)) is RegoObject left ? Merge(left, right) : value);
        }

        return result.Build();
    }

    private static RegoValue? UnionN(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Array(context, value, 1, out var items)) return null;
        var objects = new List<RegoObject>(items.Length);
        foreach (var item in items)
        {
            if (item is not RegoObject obj) return context.FailType($"operand 1 must be array of objects but got array containing {Operands.KindName(item)}");
            objects.Add(obj);
            context.CheckWhole(obj);
        }

        return MergeAll(objects);
    }

    /// <summary>From the right: a key's rightmost value decides, and objects merge only until something else stands between them.</summary>
    private static RegoObject MergeAll(List<RegoObject> objects)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var order = new List<RegoValue>();
        var chains = new Dictionary<RegoValue, (List<RegoObject> Chain, RegoValue? Final, bool Closed)>();
        for (var i = objects.Count - 1; i >= 0; i--)
        {
            var obj = objects[i];
            for (var k = 0; k < obj.Count; k++)
            {
                var (key, value) = (obj.RawKey(k), obj.RawValue(k));
                if (!chains.TryGetValue(key, out var entry))
                {
                    order.Add(key);
                    chains[key] = value is RegoObject first ? ([first], null, false) : ([], value, true);
                    continue;
                }

                if (entry.Closed) continue;
                if (value is RegoObject next) entry.Chain.Insert(0, next);
                else chains[key] = (entry.Chain, null, true);
            }
        }

        var result = new ObjectBuilder(order.Count);
        foreach (var key in order)
        {
            var (chain, final, _) = chains[key];
            result.Set(key, final ?? (chain.Count == 1 ? chain[0] : MergeAll(chain)));
        }

        return result.Build();
    }

    private static RegoValue? Select(EvaluationContext context, RegoValue value, RegoValue keys, bool keep)
    {
        if (!Operands.Object(context, value, 1, out var obj)) return null;
        context.CountSteps(obj.Count >> 3);
        RegoSet? chosen = keys switch
        {
            RegoSet set => set,
            RegoArray array => RegoSet.Of(array.Items),
            RegoObject other => (RegoSet)Keys(context, other)!,
            _ => null,
        };
        if (chosen is null) return context.FailOperand(2, "one of {object, set, array}", Operands.KindName(keys));
        var result = new ObjectBuilder(obj.Count);
        for (var i = 0; i < obj.Count; i++)
            if (chosen.Contains(obj.RawKey(i)) == keep) result.Set(obj.RawKey(i), obj.RawValue(i));
        return result.Build();
    }

    private static RegoValue? Subset(EvaluationContext context, RegoValue super, RegoValue sub)
    {
        context.CheckWhole(sub);
        switch (super, sub)
        {
            case (RegoObject a, RegoObject b): return RegoValue.Of(Covers(context, a, b));
            case (RegoSet a, RegoSet b): return RegoValue.Of(CoversSet(a, b));
            case (RegoArray a, RegoArray b): return RegoValue.Of(CoversArray(context, a.Items, b.Items));
            case (RegoArray a, RegoSet b): return RegoValue.Of(CoversMembers(a.Items, b));
            default: return context.FailType("both arguments object.subset must be of the same type or array and set");
        }
    }

    /// <summary>As the field counts: each element that is a member counts once more, until as many were seen as the set has. So an empty array covers nothing.</summary>
    private static bool CoversMembers(RegoValue[] items, RegoSet set)
    {
        var missing = set.Count;
        foreach (var item in items)
        {
            if (set.Contains(item)) missing--;
            if (missing == 0) return true;
        }

        return false;
    }

    private static bool Covers(EvaluationContext context, RegoObject a, RegoObject b)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        for (var i = 0; i < b.Count; i++)
        {
            if (a.Find(b.RawKey(i)) is not { } have) return false;
            var want = b.RawValue(i);
            var covered = (have, want) switch
            {
                (RegoObject x, RegoObject y) => Covers(context, x, y),
                (RegoSet x, RegoSet y) => CoversSet(x, y),
                (RegoArray x, RegoArray y) => CoversArray(context, x.Items, y.Items),
                (RegoArray x, RegoSet y) => CoversMembers(x.Items, y),
                _ => RegoValue.AreEqual(have, want),
            };
            if (!covered) return false;
        }

        return true;
    }

    private static bool CoversSet(RegoSet a, RegoSet b)
    {
        foreach (var member in b.Unordered)
            if (!a.Contains(member)) return false;
        return true;
    }

    private static bool CoversArray(EvaluationContext context, RegoValue[] a, RegoValue[] b)
    {
        for (var start = 0; start + b.Length <= a.Length; start++)
        {
            var at = 0;
            while (at < b.Length && RegoValue.AreEqual(a[start + at], b[at])) at++;
            if (at == b.Length) return true;
            context.CountSteps(1 + (at / 4));
        }

        return false;
    }
}
