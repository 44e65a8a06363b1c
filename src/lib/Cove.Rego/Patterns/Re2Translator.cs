using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Cove.Rego.Values;

namespace Cove.Rego.Patterns;

/// <summary>
/// Reads RE2 syntax and writes the same pattern for .NET's automaton engine (which knows neither look-around nor back-references, as RE2). Classes are
/// ASCII, "$" is the very end, case folding is written out, so that nothing depends on culture or on .NET's own meanings (rego.md §3.4).
/// </summary>
internal sealed partial class Re2Translator
{
    private const int MaxRepeat = 1000;
    private const int MaxGroupDepth = 500;
    private readonly string _text;
    private readonly bool _surrogates;
    private int _at;
    private int _depth;
    private Flags _flags;

    private Re2Translator(string text, bool surrogates) => (_text, _surrogates) = (text, surrogates);

    private bool More => _at < _text.Length;

    /// <summary>Translates a pattern.</summary>
    /// <param name="pattern">RE2 syntax.</param>
    /// <param name="surrogates">Whether the subject may hold pairs of surrogates, which "." and classes must take whole.</param>
    /// <exception cref="RegexSyntaxException">The pattern is not RE2 syntax.</exception>
    public static string Translate(string pattern, bool surrogates)
    {
        for (var i = 0; i < pattern.Length; i++)
            if (ByteText.IsEscapedByte(pattern, i)) throw new RegexSyntaxException("invalid UTF-8", ByteText.Display(pattern));
        var translator = new Re2Translator(pattern, surrogates);
        var result = translator.Alternation();
        if (translator.More) throw new RegexSyntaxException("unexpected )", pattern);
        return result.Text;
    }

    private Piece Alternation()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var branches = new List<string>();
        var size = 0;
        do
        {
            var branch = Concatenation();
            branches.Add(branch.Text);
            size = Math.Max(size, branch.Repeat);
        }
        while (Take('|'));
        return new Piece(string.Join('|', branches), size);
    }

    private Piece Concatenation()
    {
        var output = new StringBuilder();
        var repeat = 0;
        while (More && _text[_at] is not ('|' or ')'))
        {
            if (_text.AsSpan(_at).StartsWith("\\Q"))
            {
                Quoted(output);
                continue;
            }

            var start = _at;
            var piece = Repeated(Atom(), start);
            output.Append(piece.Text);
            repeat = Math.Max(repeat, piece.Repeat);
        }

        return new Piece(output.ToString(), Math.Max(1, repeat));
    }

    private void Quoted(StringBuilder output)
    {
        var end = _text.IndexOf("\\E", _at + 2, StringComparison.Ordinal);
        var literal = end < 0 ? _text[(_at + 2)..] : _text[(_at + 2)..end];
        _at = end < 0 ? _text.Length : end + 2;
        foreach (var rune in literal.EnumerateRunes()) output.Append(Literal(rune));
    }

    private Piece Repeated(Piece atom, int start)
    {
        string? lastOperator = null;
        while (More)
        {
            var at = _at;
            if (!TryQuantifier(out var min, out var max)) return atom;
            if (atom.IsNothing) throw new RegexSyntaxException("missing argument to repetition operator", _text[at.._at]);
            var lazy = Take('?');
            var text = _text[at.._at];
            if (lastOperator is not null) throw new RegexSyntaxException("invalid nested repetition operator", lastOperator + text);
            lastOperator = text;
            var bounded = _text[at] == '{';
            if (bounded && (min > MaxRepeat || max > MaxRepeat || (max >= 0 && min > max))) throw new RegexSyntaxException("invalid repeat count", lazy ? text[..^1] : text);
            var size = bounded ? Math.Max(1, Math.Max(min, max)) * atom.Repeat : atom.Repeat;
            if (size > MaxRepeat) throw new RegexSyntaxException("invalid repeat count", text);
            if (_flags.HasFlag(Flags.Ungreedy)) lazy = !lazy;
            var count = !bounded ? text[..1] : max == min ? $"{{{min}}}" : max < 0 ? $"{{{min},}}" : $"{{{min},{max}}}";
            atom = new Piece($"(?:{atom.Text}){count}{(lazy ? "?" : "")}", size);
        }

        return atom;
    }

    private bool TryQuantifier(out int min, out int max)
    {
        (min, max) = (0, -1);
        switch (_text[_at])
        {
            case '*':
                _at++;
                return true;
            case '+':
                _at++;
                min = 1;
                return true;
            case '?':
                _at++;
                max = 1;
                return true;
            case '{':
                return TryBraces(out min, out max);
            default:
                return false;
        }
    }

    /// <summary>{n}, {n,} or {n,m}; anything else is a literal brace.</summary>
    private bool TryBraces(out int min, out int max)
    {
        (min, max) = (0, -1);
        var at = _at + 1;
        if (!Number(ref at, out min)) return false;
        if (at < _text.Length && _text[at] == '}')
        {
            max = min;
        }
        else
        {
            if (at >= _text.Length || _text[at++] != ',') return false;
            if (at < _text.Length && _text[at] != '}' && !Number(ref at, out max)) return false;
            if (at >= _text.Length || _text[at] != '}') return false;
        }

        _at = at + 1;
        return true;
    }

    private bool Number(ref int at, out int value)
    {
        var start = at;
        while (at < _text.Length && char.IsAsciiDigit(_text[at])) at++;
        value = 0;
        if (at == start || (at - start > 1 && _text[start] == '0')) return false;
        value = at - start > 6 ? int.MaxValue : int.Parse(_text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture);
        return true;
    }

    private Piece Atom()
    {
        var c = _text[_at];
        switch (c)
        {
            case '(': return Group();
            case '[': return new Piece(Class(), 1);
            case '.':
                _at++;
                return new Piece(AnyCharacter(), 1);
            case '^':
                _at++;
                return new Piece(_flags.HasFlag(Flags.Multiline) ? "(?m:^)" : "\\A", 1);
            case '$':
                _at++;
                return new Piece(_flags.HasFlag(Flags.Multiline) ? "(?m:$)" : "\\z", 1);
            case '*' or '+' or '?': return Piece.Nothing;
            case '\\': return new Piece(Escape(), 1);
            default:
                Rune.DecodeFromUtf16(_text.AsSpan(_at), out var rune, out var length);
                _at += length;
                return new Piece(Literal(rune), 1);
        }
    }

    private string AnyCharacter()
    {
        var dotAll = _flags.HasFlag(Flags.DotAll);
        if (!_surrogates) return dotAll ? "[\\s\\S]" : "[^\\n]";
        return dotAll ? "(?:[^\\uD800-\\uDBFF]|[\\uD800-\\uDBFF][\\uDC00-\\uDFFF])" : "(?:[^\\n\\uD800-\\uDBFF]|[\\uD800-\\uDBFF][\\uDC00-\\uDFFF])";
    }

    private Piece Group()
    {
        if (++_depth > MaxGroupDepth) throw new RegexSyntaxException("expression nests too deeply", _text);
        var start = _at++;
        var flags = _flags;
        var open = "(";
        if (More && _text[_at] == '?' && !Special(start, out open))
        {
            _depth--;
            return new Piece("", 1) { IsFlags = true };
        }

        var inner = Alternation();
        if (!Take(')')) throw new RegexSyntaxException("missing closing )", _text);
        _flags = flags;
        _depth--;
        return new Piece(open + inner.Text + ")", Math.Max(1, inner.Repeat));
    }

    /// <summary>What follows "(?": a name or flags. False for flags that hold from here on without a group.</summary>
    private bool Special(int start, out string open)
    {
        _at++;
        open = "(?:";
        if (More && (_text[_at] == '<' || _text.AsSpan(_at).StartsWith("P<")))
        {
            open = Named(start);
            return true;
        }

        return GroupFlags(start);
    }

    private string Named(int start)
    {
        var nameStart = _text.IndexOf('<', _at) + 1;
        var end = _text.IndexOf('>', nameStart);
        if (end < 0) throw new RegexSyntaxException("invalid named capture", _text[start..]);
        var name = _text[nameStart..end];
        var valid = name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');
        if (!valid) throw new RegexSyntaxException("invalid named capture", _text[start..(end + 1)]);
        _at = end + 1;
        // Groups are found by number; the names are kept aside so that .NET does not reorder them.
        return "(";
    }

    private bool GroupFlags(int start)
    {
        var flags = _flags;
        var sign = 1;
        var sawFlag = false;
        for (; More; _at++)
        {
            var flag = Flags.None;
            switch (_text[_at])
            {
                case 'i':
                    flag = Flags.IgnoreCase;
                    break;
                case 'm':
                    flag = Flags.Multiline;
                    break;
                case 's':
                    flag = Flags.DotAll;
                    break;
                case 'U':
                    flag = Flags.Ungreedy;
                    break;
                case '-' when sign > 0:
                    sign = -1;
                    sawFlag = false;
                    continue;
                case ':' or ')':
                    if (sign < 0 && !sawFlag) throw BadSyntax(start);
                    var isGroup = _text[_at] == ':';
                    _at++;
                    _flags = flags;
                    return isGroup;
                default:
                    _at++;
                    throw BadSyntax(start);
            }

            flags = sign > 0 ? flags | flag : flags & ~flag;
            sawFlag = true;
        }

        throw new RegexSyntaxException("missing closing )", _text);
    }

    private RegexSyntaxException BadSyntax(int start) => new("invalid or unsupported Perl syntax", _text[start..Math.Min(_at, _text.Length)]);

    private bool Take(char wanted)
    {
        if (!More || _text[_at] != wanted) return false;
        _at++;
        return true;
    }

    [Flags]
    private enum Flags
    {
        None = 0,
        IgnoreCase = 1,
        Multiline = 2,
        DotAll = 4,
        Ungreedy = 8,
    }

    /// <summary>A part of the pattern, and how often its innermost repetition may be unrolled.</summary>
    private readonly record struct Piece(string Text, int Repeat)
    {
        public static Piece Nothing => new("", 0) { IsMissing = true };

        public bool IsMissing { get; init; }

        public bool IsFlags { get; init; }

        public bool IsNothing => IsMissing || IsFlags;
    }
}
