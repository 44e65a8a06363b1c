using System.Globalization;
using System.Numerics;
using System.Text;
using Cove.Rego.Values;

namespace Cove.Rego.Builtins;

/// <summary>An argument of sprintf in the type that decides what verbs make of it (rego.md §3.5).</summary>
internal readonly record struct FormatArgument(BigInteger? Integer, bool IsBig, double? Float, string? Text)
{
    public string TypeName => Text is not null ? "string" : Float is not null ? "float64" : IsBig ? "big.Int" : "int64";

    public static FormatArgument Of(RegoValue value)
    {
        switch (value)
        {
            case RegoNumber { IsInt64: true } number: return new(number.Int64, false, null, null);
            case RegoNumber { HasIntegerText: true } number: return number.Text == "-0" ? new(0, false, null, null) : new(number.ToBigInteger(), true, null, null);
            case RegoNumber number:
                return number.Text.Contains('.', StringComparison.Ordinal) ? new(null, false, number.ToDouble(), null) : new(null, false, null, number.Text);
            case RegoString text: return new(null, false, null, text.Text);
            default: return new(null, false, null, value.ToString());
        }
    }
}

/// <summary>Formatting with Go's verbs, flags, widths, precisions, argument indexes and its notes about mistakes.</summary>
internal sealed class GoFormat(string format, RegoValue[] arguments, int maxLength)
{
    private readonly StringBuilder _output = new();
    private int _at;
    private int _argument;
    private bool _reordered;
    private bool _goodIndex;
    private bool _afterIndex;

    private bool _plus;
    private bool _minus;
    private bool _sharp;
    private bool _space;
    private bool _zero;
    private int? _width;
    private int? _precision;

    public string Run()
    {
        while (_at < format.Length)
        {
            var percent = format.IndexOf('%', _at);
            if (percent < 0) percent = format.Length;
            _output.Append(format, _at, percent - _at);
            _at = percent + 1;
            if (percent < format.Length) Directive();
            if (_output.Length > maxLength) throw RegoEvaluationException.Limit($"sprintf would produce more than {maxLength} characters");
        }

        if (!_reordered && _argument < arguments.Length)
        {
            _output.Append("%!(EXTRA ");
            for (var i = _argument; i < arguments.Length; i++)
            {
                if (i > _argument) _output.Append(", ");
                var argument = FormatArgument.Of(arguments[i]);
                _output.Append(argument.TypeName).Append('=').Append(Plain(argument));
            }

            _output.Append(')');
        }

        return _output.ToString();
    }

    private void Directive()
    {
        _plus = _minus = _sharp = _space = _zero = false;
        _width = _precision = null;
        _goodIndex = true;
        _afterIndex = false;
        Flags();
        ArgumentIndex();
        Width();
        Precision();
        if (!_afterIndex) ArgumentIndex();
        if (_at >= format.Length)
        {
            _output.Append("%!(NOVERB)");
            return;
        }

        var length = ByteText.RuneLengthAt(format, _at);
        var verb = format.Substring(_at, length);
        _at += length;
        if (verb == "%") _output.Append('%');
        else if (!_goodIndex) _output.Append("%!").Append(verb).Append("(BADINDEX)");
        else if (_argument >= arguments.Length) _output.Append("%!").Append(verb).Append("(MISSING)");
        else Print(verb, FormatArgument.Of(arguments[_argument++]));
    }

    private void Flags()
    {
        for (; _at < format.Length; _at++)
        {
            switch (format[_at])
            {
                case '#':
                    _sharp = true;
                    break;
                case '0':
                    _zero = true;
                    break;
                case '+':
                    _plus = true;
                    break;
                case '-':
                    _minus = true;
                    break;
                case ' ':
                    _space = true;
                    break;
                default:
                    return;
            }
        }
    }

    private void ArgumentIndex()
    {
        if (_at >= format.Length || format[_at] != '[') return;
        _reordered = true;
        var end = format.IndexOf(']', _at);
        if (end < 0)
        {
            _goodIndex = false;
            _at++;
            return;
        }

        if (int.TryParse(format.AsSpan(_at + 1, end - _at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index >= 1 && index <= arguments.Length)
        {
            _argument = index - 1;
            _afterIndex = true;
        }
        else
        {
            _goodIndex = false;
        }

        _at = end + 1;
    }

    private void Width()
    {
        if (_at < format.Length && format[_at] == '*')
        {
            _at++;
            _width = Star();
            if (_width is null) _output.Append("%!(BADWIDTH)");
            else if (_width < 0)
            {
                _width = -_width;
                _minus = true;
                _zero = false;
            }

            _afterIndex = false;
            return;
        }

        _width = Digits();
        if (_afterIndex && _width is not null) _goodIndex = false;
    }

    private void Precision()
    {
        if (_at >= format.Length || format[_at] != '.') return;
        _at++;
        if (_afterIndex) _goodIndex = false;
        ArgumentIndex();
        if (_at < format.Length && format[_at] == '*')
        {
            _at++;
            _precision = Star();
            if (_precision < 0) _precision = null;
            if (_precision is null) _output.Append("%!(BADPREC)");
            _afterIndex = false;
            return;
        }

        _precision = Digits() ?? 0;
    }

    private int? Star()
    {
        if (_argument >= arguments.Length) return null;
        var argument = FormatArgument.Of(arguments[_argument++]);
        return argument is { Integer: { } integer, IsBig: false } && BigInteger.Abs(integer) <= 1_000_000 ? (int)integer : null;
    }

    private int? Digits()
    {
        var start = _at;
        while (_at < format.Length && char.IsAsciiDigit(format[_at])) _at++;
        if (_at == start) return null;
        return int.TryParse(format.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= 1_000_000 ? value : null;
    }

    private void Print(string verb, FormatArgument argument)
    {
        if (verb == "v" && !argument.IsBig) _plus = false;
        switch (verb)
        {
            case "T":
                Pad(argument.IsBig ? "*big.Int" : argument.TypeName);
                return;
            case "p":
                Bad(verb, argument);
                return;
        }

        var done = argument.Text is { } text ? PrintText(verb, text)
            : argument.Float is { } number ? PrintFloat(verb, number)
            : PrintInteger(verb, argument.Integer!.Value, argument.IsBig);
        if (!done) Bad(verb, argument);
    }

    private void Bad(string verb, FormatArgument argument)
    {
        _output.Append("%!").Append(verb).Append('(').Append(argument.TypeName).Append('=');
        // The note shows the value under the same flags.
        if (argument.Text is { } text) PrintText("v", text);
        else if (argument.Float is { } number) PrintFloat("v", number);
        else PrintInteger("v", argument.Integer!.Value, argument.IsBig);
        _output.Append(')');
    }

    private static string Plain(FormatArgument argument) =>
        argument.Text ?? (argument.Float is { } number ? GoFloat.Format(number, 'g', -1, sharp: false, 21) : argument.Integer!.Value.ToString(CultureInfo.InvariantCulture));

    private bool PrintText(string verb, string text)
    {
        switch (verb)
        {
            case "v" when _sharp:
            case "q":
                Pad(Quoted(Cut(text), verb == "q"));
                return true;
            case "v" or "s":
                Pad(Cut(text));
                return true;
            case "x" or "X":
                Pad(Hex(text, verb == "X"));
                return true;
            default:
                return false;
        }
    }

    private string Quoted(string text, bool verbQ)
    {
        if (verbQ && _sharp && !text.Contains('`', StringComparison.Ordinal) && !text.Any(char.IsControl)) return "`" + text + "`";
        var quoted = new StringBuilder();
        GoQuote.Append(quoted, text, asciiOnly: _plus && verbQ);
        return quoted.ToString();
    }

    private string Cut(string text)
    {
        if (_precision is not { } precision) return text;
        var runes = StringBuiltins.Runes(text);
        return precision >= runes.Count ? text : string.Concat(runes.GetRange(0, precision));
    }

    private string Hex(string text, bool upper)
    {
        var bytes = ByteText.ToBytes(text);
        if (_precision is { } precision && precision < bytes.Length) bytes = bytes[..precision];
        var hex = upper ? Convert.ToHexString(bytes) : Convert.ToHexStringLower(bytes);
        var prefix = upper ? "0X" : "0x";
        if (!_space) return _sharp && hex.Length > 0 ? prefix + hex : hex;
        var pairs = Enumerable.Range(0, bytes.Length).Select(i => string.Concat(_sharp ? prefix : "", hex.AsSpan(i * 2, 2)));
        return string.Join(' ', pairs);
    }

    private bool PrintInteger(string verb, BigInteger value, bool isBig)
    {
        switch (verb)
        {
            case "v":
                Digits(value, value, 10, "", isBig);
                return true;
            case "d":
                Digits(value, value, 10, "", isBig);
                return true;
            case "b":
                Digits(value, value, 2, _sharp ? "0b" : "", isBig);
                return true;
            case "o":
                Digits(value, value, 8, _sharp ? "0" : "", isBig);
                return true;
            case "O":
                Digits(value, value, 8, "0o", isBig);
                return true;
            case "x":
                Digits(value, value, 16, _sharp ? "0x" : "", isBig);
                return true;
            case "X":
                Digits(value, value, 16, _sharp ? "0X" : "", isBig, upper: true);
                return true;
            case "s" when isBig:
                Digits(value, value, 10, "", isBig);
                return true;
            case "c" when !isBig:
                Pad(CodePoint(value).ToString());
                return true;
            case "q" when !isBig:
                Pad(QuotedRune(CodePoint(value)));
                return true;
            case "U" when !isBig:
                Unicode(value);
                return true;
            default:
                return false;
        }
    }

    private void Unicode(BigInteger value)
    {
        var hex = ((ulong)(long)value).ToString("X", CultureInfo.InvariantCulture).PadLeft(Math.Max(4, _precision ?? 4), '0');
        var text = "U+" + hex;
        if (_sharp && value >= 0 && value <= 0x10FFFF && GoQuote.IsPrintable(CodePoint(value))) text += $" '{CodePoint(value)}'";
        _zero = false;
        Pad(text);
    }

    private static Rune CodePoint(BigInteger value) => value >= 0 && value <= 0x10FFFF && Rune.IsValid((int)value) ? new Rune((int)value) : Rune.ReplacementChar;

    private string QuotedRune(Rune rune)
    {
        if (rune.Value == '\'') return "'\\''";
        if (rune.Value == '"') return "'\"'";
        var quoted = new StringBuilder();
        GoQuote.Append(quoted, rune.ToString(), asciiOnly: _plus);
        quoted[0] = quoted[^1] = '\'';
        return quoted.ToString();
    }

    private void Digits(BigInteger value, BigInteger signed, int radix, string prefix, bool isBig, bool upper = false)
    {
        var digits = NumberBuiltins.Format(BigInteger.Abs(value), radix);
        if (upper) digits = digits.ToUpperInvariant();
        if (_precision is { } precision)
        {
            if (precision == 0 && value.IsZero)
            {
                _zero = false;
                Pad("");
                return;
            }

            digits = digits.PadLeft(precision, '0');
        }

        if (prefix == "0" && digits.StartsWith('0')) prefix = "";
        var sign = signed.Sign < 0 ? "-" : _plus ? "+" : _space ? " " : "";
        if (_zero && _width is { } width && !_minus && _precision is null)
            digits = digits.PadLeft(width - sign.Length - (isBig ? prefix.Length : 0), '0');
        _zero = false;
        Pad(sign + prefix + digits);
    }

    private bool PrintFloat(string verb, double value)
    {
        var (letter, precision) = verb switch
        {
            "v" => ('g', -1),
            "b" => ('b', -1),
            "g" or "G" => (verb[0], -1),
            "x" or "X" => (verb[0], -1),
            "f" or "F" => ('f', 6),
            "e" or "E" => (verb[0], 6),
            _ => ('\0', 0),
        };
        if (letter == '\0') return false;
        var text = GoFloat.Format(value, letter, _precision ?? precision, _sharp && verb != "v", verb == "v" ? 21 : -1);
        var sign = text.StartsWith('-') ? "-" : _plus ? "+" : _space ? " " : "";
        if (text.StartsWith('-')) text = text[1..];
        if (_zero && !_minus && _width is { } width) text = text.PadLeft(width - sign.Length, '0');
        _zero = false;
        Pad(sign + text);
        return true;
    }

    private void Pad(string text)
    {
        var fill = _width is { } width ? width - ByteText.CountRunes(text) : 0;
        if (fill > 0 && !_minus) _output.Append(_zero ? '0' : ' ', fill);
        _output.Append(text);
        if (fill > 0 && _minus) _output.Append(' ', fill);
    }
}
