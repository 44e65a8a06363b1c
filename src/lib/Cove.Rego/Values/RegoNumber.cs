using System.Globalization;
using System.Numerics;

namespace Cove.Rego.Values;

/// <summary>
/// A Rego number. Integers are exact at any size; other numbers keep the decimal text they were written with. Equality and order are mathematical.
/// </summary>
public sealed class RegoNumber : RegoValue
{
    /// <summary>The largest decimal exponent that a number may have: what 2^±100000 allows (rego.md §2.1).</summary>
    public const int MaxDecimalExponent = 30_103;

    /// <summary>The most digits that a number may have.</summary>
    public const int MaxDigits = 100_000;

    /// <summary>The most bits that an integer may have which comes of arithmetic: those of the most digits.</summary>
    internal const int MaxBits = 332_193;

    private const int SmallestShared = -16;
    private static readonly RegoNumber[] Shared = MakeShared();

    private readonly long _int64;
    private readonly Form _form;
    private string? _text;
    private Parts? _parts;

    private RegoNumber(long value)
        : base(RegoKind.Number) => (_int64, _form) = (value, Form.Int64);

    private RegoNumber(Form form, string? text, Parts? parts)
        : base(RegoKind.Number) => (_form, _text, _parts) = (form, text, parts);

    private enum Form : byte
    {
        Int64,
        BigInteger,
        Decimal,
        Float,
    }

    /// <summary>True for a 64-bit integer written in plain digits.</summary>
    internal bool IsInt64 => _form == Form.Int64;

    internal long Int64 => _int64;

    /// <summary>True when the number has no fraction, however it is written.</summary>
    public bool IsInteger => _form switch
    {
        Form.Int64 or Form.BigInteger => true,
        Form.Float => Lazy.Float!.Value.IsInteger,
        _ => Lazy.Exponent >= 0,
    };

    /// <summary>The number's text.</summary>
    public string Text => _text ??= _form switch
    {
        Form.Int64 => _int64.ToString(CultureInfo.InvariantCulture),
        Form.BigInteger => _parts!.Mantissa.ToString(CultureInfo.InvariantCulture),
        _ => _parts!.Float!.Value.ToString(),
    };

    /// <summary>True when the text is that of a plain integer: digits with an optional minus.</summary>
    internal bool HasIntegerText => _form switch
    {
        Form.Int64 or Form.BigInteger => true,
        _ => !Text.AsSpan().ContainsAny('.', 'e', 'E'),
    };

    private Parts Lazy => _parts ??= Decompose();

    internal static RegoNumber FromInt64(long value) =>
        value is >= SmallestShared and < 1024 ? Shared[value - SmallestShared] : new RegoNumber(value);

    internal static RegoNumber FromBigInteger(BigInteger value)
    {
        if (value >= long.MinValue && value <= long.MaxValue) return FromInt64((long)value);
        CheckBits(value.GetBitLength());
        return new RegoNumber(Form.BigInteger, null, new Parts(value, 0));
    }

    /// <summary>Refuses an integer before it is made.</summary>
    /// <exception cref="RegoEvaluationException">It would have too many bits.</exception>
    internal static void CheckBits(long bits)
    {
        if (bits > MaxBits) throw RegoEvaluationException.Limit($"an integer of more than {MaxBits} bits");
    }

    /// <summary>How large the number is in memory, in words; 1 for those that are not integers without bound.</summary>
    internal int Words => _form == Form.BigInteger ? 1 + (int)(_parts!.Mantissa.GetBitLength() >> 6) : 1;

    internal override long Weight => Words;

    internal static RegoNumber FromFloat(Float80 value) =>
        value.TryGetInt64(out var small) ? FromInt64(small) : value.IsInteger && !(value.IsZero && value.IsNegative)
            ? FromBigInteger(BigInteger.Parse(value.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture))
            : new RegoNumber(Form.Float, null, new Parts(0, 0) { Float = value });

    /// <summary>A number from its JSON or Rego text, or null when the text is not a number or beyond the limits.</summary>
    internal static RegoNumber? FromText(string text)
    {
        if (IsPlainInteger(text))
        {
            if (text.Length <= 18) return FromInt64(long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
            return text.Length > MaxDigits ? null : FromBigInteger(BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        }

        return IsNumberText(text) ? new RegoNumber(Form.Decimal, text, null) : null;
    }

    /// <summary>True, with the value, when the text is a plain integer that fits.</summary>
    internal bool TryGetInt32(out int value)
    {
        value = 0;
        if (_form != Form.Int64 || _int64 is < int.MinValue or > int.MaxValue) return false;
        value = (int)_int64;
        return true;
    }

    /// <summary>The integer value, or null when there is a fraction.</summary>
    internal BigInteger? ToBigInteger()
    {
        if (_form == Form.Int64) return _int64;
        if (_form == Form.BigInteger) return _parts!.Mantissa;
        if (_form == Form.Float) return Lazy.Float!.Value.IsInteger ? Lazy.Float.Value.Truncate() : null;
        return Lazy.Exponent >= 0 ? Lazy.Mantissa * BigInteger.Pow(10, Lazy.Exponent) : null;
    }

    internal Float80 ToFloat() => _form == Form.Int64
        ? Float80.FromInt64(_int64)
        : Lazy.Float ??= Float80.FromDecimal(Lazy.Mantissa, Lazy.Exponent, Lazy.Mantissa.IsZero && _text is ['-', ..]);

    internal double ToDouble() => _form == Form.Int64 ? _int64 : double.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture);

    internal static int Compare(RegoNumber a, RegoNumber b)
    {
        if (a._form == Form.Int64 && b._form == Form.Int64) return a._int64.CompareTo(b._int64);
        if (a._form <= Form.BigInteger && b._form <= Form.BigInteger) return a.ToBigInteger()!.Value.CompareTo(b.ToBigInteger()!.Value);
        // The text of a float identifies it and nothing else, so floats and integers compare as they are.
        if (a._form is Form.Float or Form.Int64 && b._form is Form.Float or Form.Int64) return Float80.Compare(a.ToFloat(), b.ToFloat());
        var (left, right) = (a.Exact(), b.Exact());
        if (left.Mantissa.Sign != right.Mantissa.Sign) return left.Mantissa.Sign.CompareTo(right.Mantissa.Sign);
        if (left.Exponent == right.Exponent) return left.Mantissa.CompareTo(right.Mantissa);
        // Magnitudes far apart are decided by their number of digits, so that no huge power is ever built for nothing.
        var (leftDigits, rightDigits) = (left.Digits + left.Exponent, right.Digits + right.Exponent);
        if (leftDigits != rightDigits) return left.Mantissa.Sign * leftDigits.CompareTo(rightDigits);
        var shift = left.Exponent - right.Exponent;
        return shift > 0
            ? (left.Mantissa * BigInteger.Pow(10, shift)).CompareTo(right.Mantissa)
            : left.Mantissa.CompareTo(right.Mantissa * BigInteger.Pow(10, -shift));
    }

    internal override int Hash()
    {
        if (_form == Form.Int64) return unchecked((int)_int64 * 0x2545F491) ^ (int)(_int64 >> 32);
        if (_form == Form.BigInteger) return HashInteger(_parts!.Mantissa, 0);
        var exact = Exact();
        if (exact.Exponent >= 0 && exact.Digits + exact.Exponent <= 19)
        {
            var integer = exact.Mantissa * BigInteger.Pow(10, exact.Exponent);
            if (integer >= long.MinValue && integer <= long.MaxValue) return FromInt64((long)integer).Hash();
        }

        return exact.Exponent >= 0 ? HashInteger(exact.Mantissa, exact.Exponent) : HashCode.Combine(exact.Mantissa, exact.Exponent);
    }

    /// <summary>An integer's remainder by a prime: the same however it is written, and quick where the decimal digits of a large one are not.</summary>
    private static int HashInteger(BigInteger mantissa, int exponent)
    {
        const long prime = (1L << 61) - 1;
        var rest = mantissa % prime;
        if (exponent > 0) rest = rest * BigInteger.ModPow(10, exponent, prime) % prime;
        return ((long)rest).GetHashCode();
    }

    private protected override bool EqualsSameKind(RegoValue other)
    {
        var that = (RegoNumber)other;
        return _form == Form.Int64 && that._form == Form.Int64 ? _int64 == that._int64 : Compare(this, that) == 0;
    }

    private static RegoNumber[] MakeShared()
    {
        var shared = new RegoNumber[1024 - SmallestShared];
        for (var i = 0; i < shared.Length; i++) shared[i] = new RegoNumber(i + SmallestShared);
        return shared;
    }

    private static bool IsPlainInteger(string text)
    {
        var digits = text.AsSpan();
        if (digits is ['-', ..]) digits = digits[1..];
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9') && !(text[0] == '-' && digits is "0") && (digits.Length == 1 || digits[0] != '0');
    }

    /// <summary>JSON's number grammar, within the limits on digits and exponent.</summary>
    private static bool IsNumberText(string text)
    {
        if (text.Length > MaxDigits) return false;
        var at = 0;
        if (at < text.Length && text[at] == '-') at++;
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        if (at == start || (text[start] == '0' && at > start + 1)) return false;
        if (at < text.Length && text[at] == '.')
        {
            var fraction = ++at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            if (at == fraction) return false;
        }

        if (at == text.Length) return true;
        if (text[at] is not ('e' or 'E')) return false;
        return int.TryParse(text.AsSpan(at + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
            && Math.Abs((long)exponent) <= MaxDecimalExponent && !char.IsWhiteSpace(text[^1]);
    }

    private Parts Exact()
    {
        switch (_form)
        {
            case Form.Int64: return new Parts(_int64, 0).Normalized();
            case Form.BigInteger: return _parts!.Normalized();
            case Form.Float: return _parts!.Exact ??= FromDecimalText(Text);
            default: return Lazy;
        }
    }

    private Parts Decompose() => _form == Form.Int64 ? new Parts(_int64, 0) : FromDecimalText(_text!);

    private static Parts FromDecimalText(string text)
    {
        var exponent = 0;
        var end = text.AsSpan().IndexOfAny('e', 'E');
        if (end >= 0) exponent = int.Parse(text.AsSpan(end + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        else end = text.Length;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var digits = text[..end];
        if (point >= 0)
        {
            exponent -= end - point - 1;
            digits = digits.Remove(point, 1);
        }

        return new Parts(BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), exponent).Normalized();
    }

    /// <summary>mantissa * 10^exponent, and what has been computed from it.</summary>
    private sealed class Parts(BigInteger mantissa, int exponent)
    {
        public BigInteger Mantissa { get; } = mantissa;

        public int Exponent { get; } = exponent;

        public Float80? Float { get; set; }

        public Parts? Exact { get; set; }

        public int Digits => Mantissa.IsZero ? 0 : BigInteger.Abs(Mantissa).ToString(CultureInfo.InvariantCulture).Length;

        /// <summary>The same number without trailing zeros in the mantissa; zero has exponent zero.</summary>
        public Parts Normalized()
        {
            if (Mantissa.IsZero) return new Parts(0, 0);
            var text = Mantissa.ToString(CultureInfo.InvariantCulture);
            var zeros = text.Length - text.TrimEnd('0').Length;
            return zeros == 0 ? this : new Parts(Mantissa / BigInteger.Pow(10, zeros), Exponent + zeros);
        }
    }
}
