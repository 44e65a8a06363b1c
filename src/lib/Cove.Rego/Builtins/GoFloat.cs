using System.Globalization;
using System.Numerics;

namespace Cove.Rego.Builtins;

/// <summary>A 64-bit float in Go's formats e, f, g, b and x.</summary>
internal static class GoFloat
{
    /// <param name="value">The number.</param>
    /// <param name="verb">One of <c>e E f g G b x X</c>.</param>
    /// <param name="precision">Digits behind the point (e, f), significant digits (g); -1 for the shortest that identifies the number.</param>
    /// <param name="sharp">Keeps trailing zeros and the point.</param>
    /// <param name="threshold">For g without precision: the decimal exponent from which an exponent is written; -1 for the usual 21 or precision.</param>
    public static string Format(double value, char verb, int precision, bool sharp, int threshold)
    {
        if (double.IsNaN(value)) return "NaN";
        if (double.IsInfinity(value)) return value > 0 ? "+Inf" : "-Inf";
        var sign = double.IsNegative(value) ? "-" : "";
        var magnitude = Math.Abs(value);
        return verb switch
        {
            'b' => sign + Binary(magnitude),
            'x' or 'X' => sign + (sharp ? Sharpen(Hexadecimal(magnitude, precision, verb == 'X'), precision, verb) : Hexadecimal(magnitude, precision, verb == 'X')),
            'e' or 'E' => sign + Exponential(Digits(magnitude, precision < 0 ? -1 : precision + 1), precision, verb),
            'f' => sign + (precision < 0 ? Fixed(Digits(magnitude, -1), -1) : Fixed(magnitude, precision)) + (sharp && precision == 0 ? "." : ""),
            _ => sign + General(magnitude, verb, precision, sharp, threshold),
        };
    }

    /// <summary>The significant digits (the given number of them, or the shortest) and the place of the point before them.</summary>
    private static (string Digits, int PointAt) Digits(double value, int count)
    {
        if (value == 0) return (count > 0 ? new string('0', count) : "0", 1);
        var text = value.ToString(count > 0 ? "E" + (count - 1).ToString(CultureInfo.InvariantCulture) : "E16", CultureInfo.InvariantCulture);
        if (count <= 0)
        {
            text = value.ToString("R", CultureInfo.InvariantCulture);
            return Shortest(text);
        }

        var at = text.IndexOf('E', StringComparison.Ordinal);
        return (text[..at].Replace(".", "", StringComparison.Ordinal), int.Parse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) + 1);
    }

    private static (string Digits, int PointAt) Shortest(string text)
    {
        var exponent = 0;
        var at = text.IndexOf('E', StringComparison.Ordinal);
        if (at >= 0)
        {
            exponent = int.Parse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..at];
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? text.Length : point;
        var digits = text.Replace(".", "", StringComparison.Ordinal);
        var zeros = digits.Length - digits.TrimStart('0').Length;
        digits = digits.Trim('0');
        return digits.Length == 0 ? ("0", 1) : (digits, whole - zeros + exponent);
    }

    private static string Exponential((string Digits, int PointAt) number, int precision, char verb)
    {
        var (digits, pointAt) = number;
        var exponent = digits.Trim('0').Length == 0 ? 0 : pointAt - 1;
        var fraction = digits.Length > 1 ? digits[1..] : "";
        if (precision >= 0) fraction = fraction.PadRight(precision, '0');
        var mantissa = digits[..1] + (fraction.Length > 0 ? "." + fraction : "");
        return $"{mantissa}{verb}{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    private static string Fixed(double value, int precision)
    {
        var exact = new BigInteger(value);
        if (value == Math.Floor(value)) return exact.ToString(CultureInfo.InvariantCulture) + (precision > 0 ? "." + new string('0', precision) : "");
        return value.ToString("F" + precision.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static string Fixed((string Digits, int PointAt) number, int precision)
    {
        var (digits, pointAt) = number;
        if (pointAt <= 0) return "0." + new string('0', -pointAt) + digits;
        return pointAt >= digits.Length ? digits.PadRight(pointAt, '0') : digits[..pointAt] + "." + digits[pointAt..];
    }

    private static string General(double value, char verb, int precision, bool sharp, int threshold)
    {
        var count = precision == 0 ? 1 : precision;
        var (digits, pointAt) = Digits(value, count);
        var limit = count < 0 ? (threshold > 0 ? threshold : 21) : count;
        if (count > 0 && digits.TrimEnd('0').Length is var significant && limit > significant && significant >= pointAt && !sharp) limit = Math.Max(significant, limit);
        if (count < 0 && threshold < 0) limit = 21;
        var exponent = value == 0 ? 0 : pointAt - 1;
        if (!sharp) digits = digits.TrimEnd('0') is { Length: > 0 } trimmed ? trimmed : "0";
        else if (count < 0) digits = digits.PadRight(6, '0');
        if (exponent < -4 || exponent >= limit) return Exponential((digits, pointAt), -1, verb == 'G' ? 'E' : 'e');
        var text = Fixed((digits, pointAt), -1);
        return sharp && !text.Contains('.', StringComparison.Ordinal) ? text + "." : text;
    }

    private static string Binary(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7FF);
        var mantissa = bits & 0xFFFFFFFFFFFFF;
        if (exponent == 0) exponent = 1;
        else mantissa |= 1L << 52;
        exponent -= 1075;
        return $"{mantissa}p{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}";
    }

    /// <summary>Always a point, and for <c>x</c> as many digits as the precision (6 unless given) says, the letter of the prefix counted as one.</summary>
    private static string Sharpen(string text, int precision, char verb)
    {
        var at = text.IndexOfAny(['p', 'P']);
        var (number, exponent) = (text[..at], text[at..]);
        var missing = (verb == 'x' ? (precision < 0 ? 6 : precision) : 0) - number.AsSpan(1).TrimStart('0').Length;
        if (number.Contains('.', StringComparison.Ordinal)) missing++;
        else number += ".";
        return number + new string('0', Math.Max(0, missing)) + exponent;
    }

    private static string Hexadecimal(double value, int precision, bool upper)
    {
        var (mantissa, exponent) = (0UL, 0);
        if (value != 0)
        {
            exponent = Math.ILogB(value);
            mantissa = (ulong)Math.ScaleB(value, 52 - exponent);
        }

        if (precision is >= 0 and < 13)
        {
            var drop = (13 - precision) * 4;
            var half = 1UL << (drop - 1);
            var kept = mantissa >> drop;
            var rest = mantissa & ((1UL << drop) - 1);
            if (rest > half || (rest == half && (kept & 1) == 1)) kept++;
            mantissa = kept << drop;
            if (mantissa >> 53 != 0)
            {
                mantissa >>= 1;
                exponent++;
            }
        }

        var fraction = (mantissa & 0xFFFFFFFFFFFFF).ToString("x13", CultureInfo.InvariantCulture);
        fraction = precision < 0 ? fraction.TrimEnd('0') : fraction[..Math.Min(precision, 13)].PadRight(precision, '0');
        var text = $"0x{mantissa >> 52}{(fraction.Length > 0 ? "." + fraction : "")}p{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        return upper ? text.ToUpperInvariant() : text;
    }
}
