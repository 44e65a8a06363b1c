using System.Globalization;
using System.Numerics;
using System.Text;
using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

internal static class NumberBuiltins
{
    private const int MaxShift = 1 << 20;

    public static IEnumerable<BuiltinDefinition> All =>
    [
        new("abs", "(num) -> num") { One = static (c, a) => Operands.Number(c, a, 1, out var x) ? RegoArithmetic.Abs(x) : null },
        new("round", "(num) -> num") { One = static (c, a) => Operands.Number(c, a, 1, out var x) ? RegoArithmetic.Round(x) : null },
        new("ceil", "(num) -> num") { One = static (c, a) => Operands.Number(c, a, 1, out var x) ? RegoArithmetic.Ceiling(x) : null },
        new("floor", "(num) -> num") { One = static (c, a) => Operands.Number(c, a, 1, out var x) ? RegoArithmetic.Floor(x) : null },
        new("bits.or", "(num, num) -> num") { Two = static (c, a, b) => Bits(c, a, b, static (x, y) => x | y) },
        new("bits.and", "(num, num) -> num") { Two = static (c, a, b) => Bits(c, a, b, static (x, y) => x & y) },
        new("bits.xor", "(num, num) -> num") { Two = static (c, a, b) => Bits(c, a, b, static (x, y) => x ^ y) },
        new("bits.negate", "(num) -> num") { One = static (c, a) => Integer(c, a, 1, out var x) ? RegoNumber.FromBigInteger(-x - 1) : null },
        new("bits.lsh", "(num, num) -> num") { Two = static (c, a, b) => Shift(c, a, b, left: true) },
        new("bits.rsh", "(num, num) -> num") { Two = static (c, a, b) => Shift(c, a, b, left: false) },
        new("numbers.range", "(num, num) -> array[num]") { Two = static (c, a, b) => Range(c, a, b, null) },
        new("numbers.range_step", "(num, num, num) -> array[num]") { Many = static (c, a) => Range(c, a[0], a[1], a[2]) },
        new("format_int", "(num, num) -> str") { Two = FormatInt },
        new("rand.intn", "(str, num) -> num") { Two = Random },
    ];

    private static bool Integer(EvaluationContext context, RegoValue value, int position, out BigInteger number)
    {
        number = default;
        if (value is RegoNumber) return Operands.Integer(context, value, position, out number);
        context.FailOperand(position, "integer", Operands.KindName(value));
        return false;
    }

    private static RegoValue? Bits(EvaluationContext context, RegoValue a, RegoValue b, Func<BigInteger, BigInteger, BigInteger> combine) =>
        Integer(context, a, 1, out var x) && Integer(context, b, 2, out var y) ? context.Charge(RegoNumber.FromBigInteger(combine(x, y))) : null;

    private static RegoValue? Shift(EvaluationContext context, RegoValue a, RegoValue b, bool left)
    {
        if (!Integer(context, a, 1, out var value) || !Integer(context, b, 2, out var by)) return null;
        if (by.Sign < 0) return context.FailType("operand 2 must be an unsigned integer number but got a negative integer");
        if (!left) return RegoNumber.FromBigInteger(by > MaxShift ? (value.Sign < 0 ? -1 : 0) : value >> (int)by);
        if (value.IsZero) return RegoNumber.FromInt64(0);
        if (by > MaxShift) throw RegoEvaluationException.Limit($"bits.lsh by more than {MaxShift}");
        RegoNumber.CheckBits(value.GetBitLength() + (int)by);
        return context.Charge(RegoNumber.FromBigInteger(value << (int)by));
    }

    private static RegoValue? Range(EvaluationContext context, RegoValue a, RegoValue b, RegoValue? c)
    {
        if (!Integer(context, a, 1, out var from) || !Integer(context, b, 2, out var to)) return null;
        var step = BigInteger.One;
        if (c is not null)
        {
            if (!Integer(context, c, 3, out step)) return null;
            if (step.Sign <= 0) return context.Fail("numbers.range_step: step must be a positive integer");
        }

        var count = (BigInteger.Abs(to - from) / step) + 1;
        count *= 1 + (Math.Max(from.GetBitLength(), to.GetBitLength()) >> 6);
        context.CheckSize(count > long.MaxValue ? long.MaxValue : (long)count);
        count = (BigInteger.Abs(to - from) / step) + 1;
        var items = new RegoValue[(int)count];
        if (to < from) step = -step;
        for (var i = 0; i < items.Length; i++) items[i] = RegoNumber.FromBigInteger(from + (step * i));
        return new RegoArray(items);
    }

    private static RegoValue? FormatInt(EvaluationContext context, RegoValue value, RegoValue radix)
    {
        if (!Operands.Number(context, value, 1, out var number) || !Operands.Number(context, radix, 2, out var wanted)) return null;
        if (wanted.Text is not ("2" or "8" or "10" or "16")) return context.FailType("operand 2 must be one of {2, 8, 10, 16}");
        var integer = number.ToBigInteger() ?? number.ToFloat().Truncate();
        context.CountSteps((int)(integer.GetBitLength() >> 6));
        return Operands.Result(Format(integer, int.Parse(wanted.Text, CultureInfo.InvariantCulture)));
    }

    /// <summary>An integer in a base, lower case, with a minus sign for negative ones.</summary>
    public static string Format(BigInteger value, int radix)
    {
        if (radix == 10) return value.ToString(CultureInfo.InvariantCulture);
        var magnitude = BigInteger.Abs(value);
        if (magnitude.IsZero) return "0";
        var bits = radix switch
        {
            2 => 1,
            8 => 3,
            _ => 4,
        };
        var text = bits == 4 ? magnitude.ToString("x", CultureInfo.InvariantCulture).TrimStart('0') : magnitude.ToString("b", CultureInfo.InvariantCulture).TrimStart('0');
        if (bits == 3)
        {
            var padded = text.PadLeft((text.Length + 2) / 3 * 3, '0');
            var digits = new StringBuilder(padded.Length / 3);
            for (var i = 0; i < padded.Length; i += 3) digits.Append((char)('0' + Convert.ToInt32(padded.Substring(i, 3), 2)));
            text = digits.ToString().TrimStart('0');
        }

        return value.Sign < 0 ? "-" + text : text;
    }

    private static RegoValue? Random(EvaluationContext context, RegoValue name, RegoValue limit)
    {
        if (!Operands.Text(context, name, 1, out _) || !Operands.Int(context, limit, 2, out var bound)) return null;
        var size = (int)Math.Min(Math.Abs((long)bound), int.MaxValue);
        if (size == 0) return RegoNumber.FromInt64(0);
        return context.Once("rand.intn", RegoArray.Of(name, limit), () => RegoNumber.FromInt64(System.Security.Cryptography.RandomNumberGenerator.GetInt32(size)));
    }
}
