using System.Globalization;
using System.Text;

namespace Cove.Rego.Patterns;

internal sealed partial class Re2Translator
{
    private const int LastRune = 0x10FFFF;

    private static readonly Dictionary<string, RuneSet> Posix = new()
    {
        ["alnum"] = RuneSet.Of("09AZaz"), ["alpha"] = RuneSet.Of("AZaz"), ["ascii"] = RuneSet.Of("\0\u007f"), ["blank"] = RuneSet.Of("\t\t  "),
        ["cntrl"] = RuneSet.Of("\0\u001f\u007f\u007f"), ["digit"] = RuneSet.Of("09"), ["graph"] = RuneSet.Of("!~"), ["lower"] = RuneSet.Of("az"),
        ["print"] = RuneSet.Of(" ~"), ["punct"] = RuneSet.Of("!/:@[`{~"), ["space"] = RuneSet.Of("\t\r  "), ["upper"] = RuneSet.Of("AZ"),
        ["word"] = RuneSet.Of("09AZ__az"), ["xdigit"] = RuneSet.Of("09AFaf"),
    };

    private static readonly RuneSet DigitSet = RuneSet.Of("09");
    private static readonly RuneSet SpaceSet = RuneSet.Of("\t\n\f\r  ");
    private static readonly RuneSet WordSet = RuneSet.Of("09AZ__az");

    private string Literal(Rune rune)
    {
        if (_flags.HasFlag(Flags.IgnoreCase) && RuneSet.Variants(rune.Value) is { Count: > 1 } variants)
        {
            var set = new RuneSet();
            foreach (var variant in variants) set.Add(variant, variant);
            return set.Write(_surrogates);
        }

        return RuneSet.Escape(rune.Value);
    }

    private string Escape()
    {
        var start = _at++;
        if (!More) throw new RegexSyntaxException("trailing backslash at end of expression", "");
        switch (_text[_at])
        {
            case 'A':
                _at++;
                return "\\A";
            case 'z':
                _at++;
                return "\\z";
            case 'b':
                _at++;
                return "\\b";
            case 'B':
                _at++;
                return "\\B";
        }

        if (PerlClass() is { } set) return set.Write(_surrogates);
        return Literal(new Rune(EscapedRune(start)));
    }

    /// <summary>\d \D \s \S \w \W \pN \p{Name}, or null when the escape is another.</summary>
    private RuneSet? PerlClass()
    {
        RuneSet? set = _text[_at] switch
        {
            'd' or 'D' => DigitSet,
            's' or 'S' => SpaceSet,
            'w' or 'W' => WordSet,
            _ => null,
        };
        if (set is not null)
        {
            var folded = set;
            return char.IsAsciiLetterUpper(_text[_at++]) ? folded.Inverted() : folded;
        }

        return _text[_at] is 'p' or 'P' ? UnicodeClass() : null;
    }

    private RuneSet UnicodeClass()
    {
        var start = _at - 1;
        var negated = _text[_at++] == 'P';
        if (!More) throw new RegexSyntaxException("invalid character class range", _text[start..]);
        string name;
        if (_text[_at] == '{')
        {
            var end = _text.IndexOf('}', _at);
            if (end < 0) throw new RegexSyntaxException("invalid character class range", _text[start..]);
            name = _text[(_at + 1)..end];
            _at = end + 1;
        }
        else
        {
            Rune.DecodeFromUtf16(_text.AsSpan(_at), out var rune, out var length);
            name = rune.ToString();
            _at += length;
        }

        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        var set = UnicodeSets.Find(name) ?? throw new RegexSyntaxException("invalid character class range", _text[start.._at]);
        if (_flags.HasFlag(Flags.IgnoreCase)) set = set.Folded();
        return negated ? set.Inverted() : set;
    }

    /// <summary>The character that an escape stands for; the position is at the letter behind the backslash.</summary>
    private int EscapedRune(int start)
    {
        var c = _text[_at++];
        switch (c)
        {
            case >= '1' and <= '7' when !More || _text[_at] is < '0' or > '7':
                break;
            case >= '0' and <= '7':
                var octal = c - '0';
                for (var i = 1; i < 3 && More && _text[_at] is >= '0' and <= '7'; i++) octal = (octal * 8) + (_text[_at++] - '0');
                return octal;
            case 'x': return HexRune(start);
            case 'a': return '\a';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'v': return '\v';
            default:
                if (c < 128 && !char.IsAsciiLetterOrDigit(c)) return c;
                if (char.IsHighSurrogate(c)) _at++;
                break;
        }

        throw new RegexSyntaxException("invalid escape sequence", _text[start.._at]);
    }

    private int HexRune(int start)
    {
        if (Take('{'))
        {
            var end = _text.IndexOf('}', _at);
            var digits = end < 0 ? "" : _text[_at..end];
            if (digits.Length is > 0 and <= 8 && int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value <= LastRune)
            {
                _at = end + 1;
                return Rune.IsValid(value) ? value : 0xFFFD;
            }

            while (More && char.IsAsciiHexDigit(_text[_at])) _at++;
            if (More) _at++;
            throw new RegexSyntaxException("invalid escape sequence", _text[start.._at]);
        }

        if (_at + 2 <= _text.Length && int.TryParse(_text.AsSpan(_at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var two))
        {
            _at += 2;
            return two;
        }

        throw new RegexSyntaxException("invalid escape sequence", _text[start..Math.Min(_at + 1, _text.Length)]);
    }

    private string Class()
    {
        var start = _at++;
        var set = new RuneSet();
        var negated = Take('^');
        var first = true;
        while (!More || _text[_at] != ']' || first)
        {
            if (!More) throw new RegexSyntaxException("missing closing ]", _text[start..]);
            ClassItem(set, start);
            first = false;
        }

        _at++;
        if (_flags.HasFlag(Flags.IgnoreCase)) set = set.Folded();
        return (negated ? set.Inverted() : set).Write(_surrogates);
    }

    private void ClassItem(RuneSet set, int classStart)
    {
        if (_text.AsSpan(_at).StartsWith("[:") && _text.IndexOf(":]", _at + 2, StringComparison.Ordinal) is var end && end >= 0)
        {
            var name = _text[(_at + 2)..end];
            var inverted = name.StartsWith('^');
            if (Posix.TryGetValue(inverted ? name[1..] : name, out var posix))
            {
                set.AddAll(inverted ? posix.Inverted() : posix);
                _at = end + 2;
                return;
            }

            throw new RegexSyntaxException("invalid character class range", _text[_at..(end + 2)]);
        }

        if (_text[_at] == '\\' && _at + 1 < _text.Length && (_text[_at + 1] is 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 'p' or 'P'))
        {
            _at++;
            set.AddAll(PerlClass()!);
            return;
        }

        var rangeStart = _at;
        var low = ClassRune(classStart);
        var high = low;
        if (_at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] != ']')
        {
            _at++;
            high = ClassRune(classStart);
            if (high < low) throw new RegexSyntaxException("invalid character class range", _text[rangeStart.._at]);
        }

        set.Add(low, high);
    }

    private int ClassRune(int classStart)
    {
        if (!More) throw new RegexSyntaxException("missing closing ]", _text[classStart..]);
        if (_text[_at] == '\\')
        {
            var start = _at++;
            if (!More) throw new RegexSyntaxException("trailing backslash at end of expression", "");
            return EscapedRune(start);
        }

        Rune.DecodeFromUtf16(_text.AsSpan(_at), out var rune, out var length);
        _at += length;
        return rune.Value;
    }
}
