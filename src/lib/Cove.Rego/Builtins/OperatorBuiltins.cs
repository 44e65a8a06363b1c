using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>Comparison, membership and arithmetic: what operators stand for.</summary>
internal static class OperatorBuiltins
{
    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("eq", "(any, any) -> bool") { Two = static (_, a, b) => RegoValue.Of(RegoValue.AreEqual(a, b)) },
        new("assign", "(any, any) -> bool") { Two = static (_, a, b) => RegoValue.Of(RegoValue.AreEqual(a, b)) },
        new("equal", "(any, any) -> bool") { Two = static (_, a, b) => RegoValue.Of(RegoValue.AreEqual(a, b)) },
        new("neq", "(any, any) -> bool") { Two = static (_, a, b) => RegoValue.Of(!RegoValue.AreEqual(a, b)) },
        new("lt", "(any, any) -> bool") { Two = static (_, a, b) => RegoValue.Of(ValueOrder.Compare(a, b) < 0) },
        new("lte", "(any, any) -> bool") { Two = static (_, a, b) => RegoValue.Of(ValueOrder.Compare(a, b) <= 0) },
        new("gt", "(any, any) -> bool") { Two = static (_, a, b) => RegoValue.Of(ValueOrder.Compare(a, b) > 0) },
        new("gte", "(any, any) -> bool") { Two = static (_, a, b) => RegoValue.Of(ValueOrder.Compare(a, b) >= 0) },
        new("internal.member_2", "(any, any) -> bool") { Two = Member },
        new("internal.member_3", "(any, any, any) -> bool") { Many = MemberWithKey },
        new("plus", "(num, num) -> num") { Two = static (c, a, b) => Numbers(c, a, b, out var x, out var y) ? RegoArithmetic.Add(x, y) : null },
        new("minus", "(<num, set>, <num, set>) -> <num, set>") { Two = Minus },
        new("mul", "(num, num) -> num") { Two = static (c, a, b) => Numbers(c, a, b, out var x, out var y) ? RegoArithmetic.Multiply(x, y) : null },
        new("div", "(num, num) -> num") { Two = Divide },
        new("rem", "(num, num) -> num") { Two = Remainder },
        new("and", "(set, set) -> set") { Two = And },
        new("or", "(set, set) -> set") { Two = Or },
    ];

    private static bool Numbers(EvaluationContext context, RegoValue a, RegoValue b, out RegoNumber x, out RegoNumber y)
    {
        y = null!;
        return Operands.Number(context, a, 1, out x) && Operands.Number(context, b, 2, out y);
    }

    private static RegoValue Member(EvaluationContext context, RegoValue value, RegoValue collection)
    {
        switch (collection)
        {
            case RegoSet set: return RegoValue.Of(set.Contains(value));
            case RegoArray array: return RegoValue.Of(array.ContainsValue(value));
            case RegoObject obj:
                for (var i = 0; i < obj.Count; i++)
                    if (RegoValue.AreEqual(obj.RawValue(i), value)) return RegoValue.True;
                return RegoValue.False;
            default: return RegoValue.False;
        }
    }

    private static RegoValue MemberWithKey(EvaluationContext context, RegoValue[] arguments) =>
        RegoValue.Of(Lookup.Step(arguments[2], arguments[0]) is { } found && RegoValue.AreEqual(found, arguments[1]));

    private static RegoValue? Minus(EvaluationContext context, RegoValue a, RegoValue b)
    {
        if (a is RegoNumber x && b is RegoNumber y) return RegoArithmetic.Subtract(x, y);
        if (a is RegoSet left && b is RegoSet right) return SetBuiltins.Difference(left, right);
        if (a is not (RegoNumber or RegoSet)) return context.FailOperand(1, "one of {number, set}", Operands.KindName(a));
        return context.FailOperand(2, Operands.KindName(a), Operands.KindName(b));
    }

    private static RegoValue? Divide(EvaluationContext context, RegoValue a, RegoValue b) =>
        Numbers(context, a, b, out var x, out var y) ? RegoArithmetic.Divide(x, y) ?? context.Fail("divide by zero") : null;

    private static RegoValue? Remainder(EvaluationContext context, RegoValue a, RegoValue b)
    {
        if (!Numbers(context, a, b, out var x, out var y)) return null;
        if (x.IsInt64 && y.IsInt64 && y.Int64 is not (0 or -1)) return RegoNumber.FromInt64(x.Int64 % y.Int64);
        if (!RegoArithmetic.Integers(x, y, out var left, out var right)) return context.Fail("modulo on floating-point number");
        // The field looks at the low 64 bits of the divisor to find a zero.
        return (right & ulong.MaxValue).IsZero ? context.Fail("modulo by zero") : RegoNumber.FromBigInteger(left % right);
    }

    private static RegoValue? And(EvaluationContext context, RegoValue a, RegoValue b) =>
        Operands.Set(context, a, 1, out var x) && Operands.Set(context, b, 2, out var y) ? SetBuiltins.Intersect(x, y) : null;

    private static RegoValue? Or(EvaluationContext context, RegoValue a, RegoValue b) =>
        Operands.Set(context, a, 1, out var x) && Operands.Set(context, b, 2, out var y) ? SetBuiltins.Unite(x, y) : null;
}
