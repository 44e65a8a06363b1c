using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class AggregateBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("count", "(<str, arr, obj, set>) -> num") { One = Count },
        new("sum", "(<array[num], set[num]>) -> num") { One = static (c, a) => Fold(c, a, 0, RegoArithmetic.Add) },
        new("product", "(<array[num], set[num]>) -> num") { One = static (c, a) => Fold(c, a, 1, RegoArithmetic.Multiply) },
        new("max", "(<arr, set>) -> any") { One = static (c, a) => Extreme(c, a, 1) },
        new("min", "(<arr, set>) -> any") { One = static (c, a) => Extreme(c, a, -1) },
        new("sort", "(<arr, set>) -> arr") { One = Sort },
        new("any", "(<arr, set>) -> bool") { IsDeprecated = true, One = Any },
        new("all", "(<arr, set>) -> bool") { IsDeprecated = true, One = Every },
    ];

    private static RegoValue? Count(EvaluationContext context, RegoValue value) => value switch
    {
        RegoArray array => RegoNumber.FromInt64(array.Count),
        RegoObject obj => RegoNumber.FromInt64(obj.Count),
        RegoSet set => RegoNumber.FromInt64(set.Count),
        RegoString text => RegoNumber.FromInt64(ByteText.CountRunes(text.Text)),
        _ => context.FailOperand(1, "one of {array, object, set, string}", Operands.KindName(value)),
    };

    private static RegoValue? Fold(EvaluationContext context, RegoValue value, long start, Func<RegoNumber, RegoNumber, RegoNumber> combine)
    {
        if (!Operands.List(context, value, 1, out var items)) return null;
        context.CountSteps(items.Length >> 3);
        var result = RegoNumber.FromInt64(start);
        foreach (var item in items)
        {
            if (item is not RegoNumber number)
            {
                var kind = value is RegoArray ? "array" : "set";
                return context.FailType($"operand 1 must be {kind} of numbers but got {kind} containing {Operands.KindName(item)}");
            }

            result = context.Charge(combine(result, number));
        }

        return result;
    }

    private static RegoValue? Extreme(EvaluationContext context, RegoValue value, int sign)
    {
        if (!Operands.List(context, value, 1, out var items) || items.Length == 0) return null;
        // The field's least of a set starts from null, so a null in it counts only when it is alone.
        var rest = sign < 0 && value is RegoSet && items.Length > 1 && items[0].Kind == RegoKind.Null ? items.AsSpan(1) : items;
        var best = rest[0];
        foreach (var item in rest[1..])
            if (ValueOrder.Compare(item, best) * sign > 0) best = item;
        return best;
    }

    private static RegoValue? Sort(EvaluationContext context, RegoValue value)
    {
        if (value is RegoSet set) return new RegoArray(set.Sorted);
        if (!Operands.List(context, value, 1, out var items)) return null;
        context.CountSteps(items.Length);
        // A stable sort: equal numbers may differ in their text.
        var indexed = new (RegoValue Value, int At)[items.Length];
        for (var i = 0; i < items.Length; i++) indexed[i] = (items[i], i);
        Array.Sort(indexed, static (x, y) => ValueOrder.Compare(x.Value, y.Value) is var c && c != 0 ? c : x.At.CompareTo(y.At));
        return new RegoArray(Array.ConvertAll(indexed, static e => e.Value));
    }

    private static RegoValue? Any(EvaluationContext context, RegoValue value)
    {
        if (!Operands.List(context, value, 1, out var items)) return null;
        return RegoValue.Of(Array.Exists(items, static v => ReferenceEquals(v, RegoValue.True)));
    }

    private static RegoValue? Every(EvaluationContext context, RegoValue value)
    {
        if (!Operands.List(context, value, 1, out var items)) return null;
        return RegoValue.Of(Array.TrueForAll(items, static v => ReferenceEquals(v, RegoValue.True)));
    }
}
