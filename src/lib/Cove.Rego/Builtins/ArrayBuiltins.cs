using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class ArrayBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("array.concat", "(arr, arr) -> arr") { Two = Concat },
        new("array.flatten", "(arr) -> arr") { One = Flatten },
        new("array.slice", "(arr, num, num) -> arr") { Many = Slice },
        new("array.reverse", "(arr) -> arr") { One = Reverse },
    ];

    private static RegoValue? Concat(EvaluationContext context, RegoValue a, RegoValue b)
    {
        if (!Operands.Array(context, a, 1, out var x) || !Operands.Array(context, b, 2, out var y)) return null;
        context.CheckSize((x.Length + (long)y.Length) >> 4);
        return x.Length == 0 ? b : y.Length == 0 ? a : new RegoArray([.. x, .. y]);
    }

    private static RegoValue? Flatten(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Array(context, value, 1, out var items)) return null;
        var flat = new List<RegoValue>();
        foreach (var item in items)
        {
            if (item is RegoArray inner) flat.AddRange(inner.Items);
            else flat.Add(item);
        }

        return new RegoArray([.. flat]);
    }

    private static RegoValue? Slice(EvaluationContext context, RegoValue[] arguments)
    {
        if (!Operands.Array(context, arguments[0], 1, out var items)) return null;
        if (!Operands.Int(context, arguments[1], 2, out var start) || !Operands.Int(context, arguments[2], 3, out var stop)) return null;
        start = Math.Clamp(start, 0, items.Length);
        stop = Math.Clamp(stop, 0, items.Length);
        return stop <= start ? RegoArray.Empty : new RegoArray(items[start..stop]);
    }

    private static RegoValue? Reverse(EvaluationContext context, RegoValue value)
    {
        if (!Operands.Array(context, value, 1, out var items)) return null;
        var reversed = (RegoValue[])items.Clone();
        Array.Reverse(reversed);
        return new RegoArray(reversed);
    }
}
