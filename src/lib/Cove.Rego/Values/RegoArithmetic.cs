using System.Numerics;

namespace Cove.Rego.Values;

/// <summary>Arithmetic: exact while both operands are integers, otherwise in <see cref="Float80"/>.</summary>
internal static class RegoArithmetic
{
    public static RegoNumber Add(RegoNumber a, RegoNumber b)
    {
        if (a.IsInt64 && b.IsInt64)
        {
            var sum = unchecked(a.Int64 + b.Int64);
            if (((a.Int64 ^ sum) & (b.Int64 ^ sum)) >= 0) return RegoNumber.FromInt64(sum);
        }

        return Integers(a, b, out var x, out var y) ? RegoNumber.FromBigInteger(x + y) : RegoNumber.FromFloat(Float80.Add(a.ToFloat(), b.ToFloat()));
    }

    public static RegoNumber Subtract(RegoNumber a, RegoNumber b)
    {
        if (a.IsInt64 && b.IsInt64)
        {
            var difference = unchecked(a.Int64 - b.Int64);
            if (((a.Int64 ^ b.Int64) & (a.Int64 ^ difference)) >= 0) return RegoNumber.FromInt64(difference);
        }

        return Integers(a, b, out var x, out var y)
            ? RegoNumber.FromBigInteger(x - y)
            : RegoNumber.FromFloat(Float80.Add(a.ToFloat(), Float80.Negate(b.ToFloat())));
    }

    public static RegoNumber Multiply(RegoNumber a, RegoNumber b)
    {
        if (a.IsInt64 && b.IsInt64)
        {
            var high = Math.BigMul(a.Int64, b.Int64, out var low);
            if (high == low >> 63) return RegoNumber.FromInt64(low);
        }

        if (!Integers(a, b, out var x, out var y)) return RegoNumber.FromFloat(Float80.Multiply(a.ToFloat(), b.ToFloat()));
        RegoNumber.CheckBits(x.GetBitLength() + y.GetBitLength() - 1);
        return RegoNumber.FromBigInteger(x * y);
    }

    /// <summary>The quotient; null when the divisor is zero.</summary>
    public static RegoNumber? Divide(RegoNumber a, RegoNumber b)
    {
        if (a.IsInt64 && b.IsInt64 && b.Int64 is not (0 or -1) && a.Int64 % b.Int64 == 0) return RegoNumber.FromInt64(a.Int64 / b.Int64);
        var divisor = b.ToFloat();
        return divisor.IsZero ? null : RegoNumber.FromFloat(Float80.Divide(a.ToFloat(), divisor));
    }

    /// <summary>Both as integers of any size, if they are integers.</summary>
    public static bool Integers(RegoNumber a, RegoNumber b, out BigInteger x, out BigInteger y)
    {
        (x, y) = (default, default);
        if (a.ToBigInteger() is not { } left || b.ToBigInteger() is not { } right) return false;
        (x, y) = (left, right);
        return true;
    }

    public static RegoNumber Abs(RegoNumber a) => a.IsInt64 && a.Int64 != long.MinValue ? RegoNumber.FromInt64(Math.Abs(a.Int64)) : RegoNumber.FromFloat(Float80.Abs(a.ToFloat()));

    /// <summary>Half away from zero.</summary>
    public static RegoNumber Round(RegoNumber a)
    {
        if (a.IsInt64) return a;
        var value = a.ToFloat();
        var half = Float80.FromDecimal(value.IsNegative ? -5 : 5, -1, negativeZero: false);
        return RegoNumber.FromBigInteger(Exactly(value, half));
    }

    public static RegoNumber Floor(RegoNumber a)
    {
        if (a.IsInt64) return a;
        var value = a.ToFloat();
        var whole = value.Truncate();
        return RegoNumber.FromBigInteger(value.IsNegative && !value.IsInteger ? whole - 1 : whole);
    }

    public static RegoNumber Ceiling(RegoNumber a)
    {
        if (a.IsInt64) return a;
        var value = a.ToFloat();
        var whole = value.Truncate();
        return RegoNumber.FromBigInteger(!value.IsNegative && !value.IsInteger ? whole + 1 : whole);
    }

    private static BigInteger Exactly(Float80 value, Float80 half) => value.IsInteger ? value.Truncate() : Float80.Add(value, half).Truncate();
}
