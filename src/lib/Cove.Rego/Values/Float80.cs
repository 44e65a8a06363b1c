using System.Globalization;
using System.Numerics;

namespace Cove.Rego.Values;

/// <summary>
/// A binary floating-point number with a 64-bit mantissa and an unbounded exponent, rounded to nearest even: the arithmetic that Rego uses as soon as
/// an operand is not an integer. The value is mantissa * 2^exponent; the mantissa has its top bit set, or is zero.
/// </summary>
internal readonly struct Float80 : IEquatable<Float80>
{
    private readonly bool _negative;
    private readonly ulong _mantissa;
    private readonly int _exponent;

    private Float80(bool negative, ulong mantissa, int exponent) => (_negative, _mantissa, _exponent) = (negative, mantissa, exponent);

    public bool IsZero => _mantissa == 0;

    public bool IsNegative => _negative;

    /// <summary>True when there is no fraction.</summary>
    public bool IsInteger => _mantissa == 0 || _exponent >= 0 || (_exponent > -64 && BitOperations.TrailingZeroCount(_mantissa) >= -_exponent);

    public static Float80 FromInt64(long value)
    {
        if (value == 0) return default;
        var magnitude = value < 0 ? (ulong)-(value + 1) + 1 : (ulong)value;
        return Normalize(value < 0, magnitude, 0);
    }

    public static Float80 FromBigInteger(BigInteger value) => FromRatio(value.Sign < 0, BigInteger.Abs(value), 0, sticky: false);

    /// <summary>The nearest to mantissa * 10^exponent.</summary>
    public static Float80 FromDecimal(BigInteger mantissa, int exponent, bool negativeZero)
    {
        if (mantissa.IsZero) return new Float80(negativeZero, 0, 0);
        var negative = mantissa.Sign < 0;
        var magnitude = BigInteger.Abs(mantissa);
        if (exponent >= 0) return FromRatio(negative, magnitude * BigInteger.Pow(10, exponent), 0, sticky: false);
        var divisor = BigInteger.Pow(10, -exponent);
        var shift = (int)Math.Max(0, divisor.GetBitLength() - magnitude.GetBitLength() + 68);
        var quotient = BigInteger.DivRem(magnitude << shift, divisor, out var remainder);
        return FromRatio(negative, quotient, -shift, !remainder.IsZero);
    }

    public static Float80 Add(Float80 a, Float80 b)
    {
        if (a.IsZero && b.IsZero) return new Float80(a._negative && b._negative, 0, 0);
        if (a.IsZero) return b;
        if (b.IsZero) return a;
        if (a._exponent < b._exponent) (a, b) = (b, a);
        var gap = a._exponent - b._exponent;
        if (gap > 130) return a;
        if (gap < 63) return AddAligned(a, b, gap);
        var left = new BigInteger(a._mantissa) << gap;
        var right = new BigInteger(b._mantissa);
        var sum = (a._negative ? -left : left) + (b._negative ? -right : right);
        return sum.IsZero ? default : FromRatio(sum.Sign < 0, BigInteger.Abs(sum), b._exponent, sticky: false);
    }

    private static Float80 AddAligned(Float80 a, Float80 b, int gap)
    {
        var (left, right) = ((UInt128)a._mantissa << gap, (UInt128)b._mantissa);
        if (a._negative == b._negative) return Round(a._negative, left + right, b._exponent, sticky: false);
        if (left == right) return default;
        return left > right ? Round(a._negative, left - right, b._exponent, sticky: false) : Round(b._negative, right - left, b._exponent, sticky: false);
    }

    /// <summary>True, with the value, for an integer of 64 bits; not for a negative zero.</summary>
    public bool TryGetInt64(out long value)
    {
        value = 0;
        if (_mantissa == 0) return !_negative;
        if (_exponent is > -1 or < -63 || BitOperations.TrailingZeroCount(_mantissa) < -_exponent) return false;
        value = (long)(_mantissa >> -_exponent);
        if (_negative) value = -value;
        return true;
    }

    public static Float80 Negate(Float80 a) => new(!a._negative, a._mantissa, a._exponent);

    public static Float80 Abs(Float80 a) => new(negative: false, a._mantissa, a._exponent);

    public static Float80 Multiply(Float80 a, Float80 b)
    {
        var negative = a._negative != b._negative;
        if (a.IsZero || b.IsZero) return new Float80(negative, 0, 0);
        return Round(negative, (UInt128)a._mantissa * b._mantissa, a._exponent + b._exponent, sticky: false);
    }

    /// <summary>The quotient; the divisor is not zero.</summary>
    public static Float80 Divide(Float80 a, Float80 b)
    {
        var negative = a._negative != b._negative;
        if (a.IsZero) return new Float80(negative, 0, 0);
        var high = (UInt128)a._mantissa << 63;
        var (quotient, rest) = UInt128.DivRem(high, b._mantissa);
        // 64 or 63 bits of quotient; two more and a sticky bit decide the rounding.
        var (more, last) = UInt128.DivRem(rest << 2, b._mantissa);
        return Round(negative, (quotient << 2) | more, a._exponent - b._exponent - 65, last != 0);
    }

    public static int Compare(Float80 a, Float80 b)
    {
        if (a.IsZero || b.IsZero) return a.IsZero ? (b.IsZero ? 0 : b._negative ? 1 : -1) : a._negative ? -1 : 1;
        if (a._negative != b._negative) return a._negative ? -1 : 1;
        var order = a._exponent != b._exponent ? a._exponent.CompareTo(b._exponent) : a._mantissa.CompareTo(b._mantissa);
        return a._negative ? -order : order;
    }

    public bool Equals(Float80 other) => Compare(this, other) == 0;

    public override bool Equals(object? obj) => obj is Float80 other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_mantissa, _exponent);

    public double ToDouble() => (_negative ? -1.0 : 1.0) * Math.ScaleB((double)_mantissa, _exponent);

    /// <summary>The integer part, truncated towards zero.</summary>
    public BigInteger Truncate()
    {
        var magnitude = _exponent >= 0 ? new BigInteger(_mantissa) << _exponent : _exponent <= -64 ? BigInteger.Zero : _mantissa >> -_exponent;
        return _negative ? -magnitude : magnitude;
    }

    /// <summary>
    /// Integral values in plain digits; others as the shortest decimal that identifies them, with an exponent where the decimal exponent is below -4 or
    /// at least 6 (rego.md §2.5).
    /// </summary>
    public override string ToString()
    {
        if (_mantissa == 0) return _negative ? "-0" : "0";
        if (TryGetInt64(out var small)) return small.ToString(CultureInfo.InvariantCulture);
        var (digits, pointAt) = Shortest();
        if (IsInteger) return (_negative ? "-" : "") + digits.PadRight(pointAt, '0');
        var sign = _negative ? "-" : "";
        var exponent = pointAt - 1;
        if (exponent is < -4 or >= 6)
        {
            var fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (pointAt <= 0) return $"{sign}0.{new string('0', -pointAt)}{digits}";
        return pointAt >= digits.Length
            ? $"{sign}{digits}{new string('0', pointAt - digits.Length)}"
            : $"{sign}{digits[..pointAt]}.{digits[pointAt..]}";
    }

    /// <summary>The shortest digits d and the p for which 0.d * 10^p rounds back to this number.</summary>
    private (string Digits, int PointAt) Shortest()
    {
        // Exact value and the middle points to both neighbours, all over one denominator: n/d with everything doubled twice.
        var number = new BigInteger(_mantissa) << 2;
        var below = _mantissa == 1UL << 63 ? number - 1 : number - 2;
        var above = number + 2;
        var denominator = BigInteger.One;
        var shift = _exponent - 2;
        if (shift >= 0) (number, below, above) = (number << shift, below << shift, above << shift);
        else denominator <<= -shift;
        var inclusive = (_mantissa & 1) == 0;
        var pointAt = (int)Math.Ceiling((_exponent + 64) * 0.30102999566398120) + 1;
        Scale(ref number, ref below, ref above, ref denominator, pointAt);
        while (number * 10 < denominator)
        {
            (number, below, above) = (number * 10, below * 10, above * 10);
            pointAt--;
        }

        var digits = new System.Text.StringBuilder();
        while (true)
        {
            number *= 10;
            below *= 10;
            above *= 10;
            var digit = (int)BigInteger.DivRem(number, denominator, out number);
            var taken = digit * denominator;
            below -= taken;
            above -= taken;
            var canStop = inclusive ? below.Sign <= 0 : below.Sign < 0;
            var canRoundUp = inclusive ? above >= denominator : above > denominator;
            if (!canStop && !canRoundUp)
            {
                digits.Append((char)('0' + digit));
                continue;
            }

            var twice = (number * 2).CompareTo(denominator);
            if (canStop && canRoundUp ? twice > 0 || (twice == 0 && digit % 2 == 1) : canRoundUp) digit++;
            digits.Append((char)('0' + digit));
            break;
        }

        return (Carry(digits, ref pointAt), pointAt);
    }

    private static string Carry(System.Text.StringBuilder digits, ref int pointAt)
    {
        for (var i = digits.Length - 1; i >= 0 && digits[i] > '9'; i--)
        {
            digits[i] = '0';
            if (i > 0) digits[i - 1]++;
            else
            {
                digits.Insert(0, '1');
                pointAt++;
            }
        }

        return digits.ToString().TrimEnd('0');
    }

    private static void Scale(ref BigInteger number, ref BigInteger below, ref BigInteger above, ref BigInteger denominator, int power)
    {
        if (power >= 0)
        {
            denominator *= BigInteger.Pow(10, power);
            return;
        }

        var factor = BigInteger.Pow(10, -power);
        (number, below, above) = (number * factor, below * factor, above * factor);
    }

    private static Float80 FromRatio(bool negative, BigInteger magnitude, int exponent, bool sticky)
    {
        var bits = (int)magnitude.GetBitLength();
        if (bits <= 126) return Round(negative, (UInt128)magnitude, exponent, sticky);
        var drop = bits - 126;
        var kept = magnitude >> drop;
        return Round(negative, (UInt128)kept, exponent + drop, sticky || (kept << drop) != magnitude);
    }

    private static Float80 Normalize(bool negative, ulong magnitude, int exponent)
    {
        var shift = BitOperations.LeadingZeroCount(magnitude);
        return new Float80(negative, magnitude << shift, exponent - shift);
    }

    private static Float80 Round(bool negative, UInt128 magnitude, int exponent, bool sticky)
    {
        var bits = 128 - (int)UInt128.LeadingZeroCount(magnitude);
        if (bits <= 64) return Normalize(negative, (ulong)magnitude, exponent);
        var drop = bits - 64;
        var kept = (ulong)(magnitude >> drop);
        var rest = magnitude & ((UInt128.One << drop) - 1);
        var half = UInt128.One << (drop - 1);
        exponent += drop;
        if (rest > half || (rest == half && (sticky || (kept & 1) == 1)))
        {
            kept++;
            if (kept == 0) return new Float80(negative, 1UL << 63, exponent + 1);
        }

        return new Float80(negative, kept, exponent);
    }
}
