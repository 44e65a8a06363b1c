using System.Globalization;

namespace Cove.Rego.Templates;

/// <summary>Splits a template into text and the tokens of its actions. <c>{{-</c> and <c>-}}</c> trim the text beside them; comments vanish.</summary>
internal sealed class TemplateLexer(string text)
{
    private const string White = " \t\r\n";
    private readonly List<TemplateToken> _tokens = [];
    private int _at;
    private int _depth;

    /// <exception cref="TemplateException">An action is not closed, or holds what cannot be in one.</exception>
    public List<TemplateToken> Run()
    {
        var trim = false;
        while (true)
        {
            var open = text.IndexOf("{{", _at, StringComparison.Ordinal);
            var end = open < 0 ? text.Length : open;
            var isTrimmed = open >= 0 && IsTrimMarker(open + 2);
            var (from, to) = (_at, end);
            if (trim) from += text.AsSpan(from, to - from).IndexOfAnyExcept(White) is var first && first < 0 ? to - from : first;
            if (isTrimmed) to = from + text.AsSpan(from, to - from).TrimEnd(White).Length;
            if (to > from) Add(TemplateTokenKind.Text, from, to);
            _at = end;
            if (open < 0) break;
            trim = Action(isTrimmed);
        }

        Add(TemplateTokenKind.End, _at, _at);
        return _tokens;
    }

    /// <summary>True for a minus that is followed by white space: the opening form.</summary>
    private bool IsTrimMarker(int at) => at + 1 < text.Length && text[at] == '-' && White.Contains(text[at + 1], StringComparison.Ordinal);

    private void Add(TemplateTokenKind kind, int from, int to) => _tokens.Add(new TemplateToken(kind, text[from..to], from));

    private TemplateException Error(string message) => new($"template: template:{Line(_at)}: {message}");

    private int Line(int at) => 1 + text.AsSpan(0, at).Count('\n');

    /// <summary>One action; true when the text behind it is trimmed.</summary>
    private bool Action(bool isTrimmed)
    {
        var open = _at;
        _at += isTrimmed ? 3 : 2;
        var body = isTrimmed ? _at + 1 : _at;
        if (body + 1 < text.Length && text.AsSpan(body).StartsWith("/*")) return Comment(body);
        Add(TemplateTokenKind.Open, open, open + 2);
        _depth = 0;
        while (true)
        {
            if (_at >= text.Length) throw Error("unclosed action");
            if (IsClose(out var trims))
            {
                if (_depth > 0) throw Error("unclosed left paren");
                if (trims) _at += 2;
                Add(TemplateTokenKind.Close, _at, _at + 2);
                _at += 2;
                return trims;
            }

            Token();
        }
    }

    private bool Comment(int body)
    {
        var end = text.IndexOf("*/", body + 2, StringComparison.Ordinal);
        if (end < 0) throw Error("unclosed comment");
        _at = end + 2;
        if (!IsClose(out var trims)) throw Error("comment ends before closing delimiter");
        _at += trims ? 4 : 2;
        return trims;
    }

    private bool IsClose(out bool trims)
    {
        trims = _at + 3 < text.Length && White.Contains(text[_at], StringComparison.Ordinal) && string.CompareOrdinal(text, _at + 1, "-}}", 0, 3) == 0;
        return trims || string.CompareOrdinal(text, _at, "}}", 0, 2) == 0;
    }

    private void Token()
    {
        var start = _at;
        var c = text[_at];
        if (White.Contains(c, StringComparison.Ordinal))
        {
            while (_at < text.Length && White.Contains(text[_at], StringComparison.Ordinal) && !IsClose(out _)) _at++;
            Add(TemplateTokenKind.Space, start, _at);
        }
        else if (c == '=' || (c == ':' && Next() == '='))
        {
            _at += c == '=' ? 1 : 2;
            Add(c == '=' ? TemplateTokenKind.Assign : TemplateTokenKind.Declare, start, _at);
        }
        else if (c == ':') throw Error("expected :=");
        else if (c is '|' or ',' or '(' or ')') Punctuation(c);
        else if (c == '"') Quoted('"', TemplateTokenKind.String, "unterminated quoted string");
        else if (c == '\'') Quoted('\'', TemplateTokenKind.Character, "unterminated character constant");
        else if (c == '`') Raw();
        else if (c == '$') Name(TemplateTokenKind.Variable);
        else if (c == '.' && !char.IsAsciiDigit(Next())) Name(IsNamePart(Next()) ? TemplateTokenKind.Field : TemplateTokenKind.Dot);
        else if (c is '+' or '-' or '.' || char.IsAsciiDigit(c)) Number();
        else if (IsNamePart(c)) Name(TemplateTokenKind.Identifier);
        else throw Error($"unrecognized character in action: U+{(int)c:X4} '{c}'");
    }

    private char Next() => _at + 1 < text.Length ? text[_at + 1] : '\0';

    private static bool IsNamePart(char c) => c == '_' || char.IsLetterOrDigit(c);

    private void Punctuation(char c)
    {
        if (c == '(') _depth++;
        if (c == ')' && --_depth < 0) throw Error("unexpected right paren");
        var kind = c switch
        {
            '|' => TemplateTokenKind.Pipe,
            ',' => TemplateTokenKind.Comma,
            '(' => TemplateTokenKind.ParenOpen,
            _ => TemplateTokenKind.ParenClose,
        };
        Add(kind, _at, _at + 1);
        _at++;
    }

    private void Name(TemplateTokenKind kind)
    {
        var start = _at++;
        if (kind != TemplateTokenKind.Dot)
            while (_at < text.Length && IsNamePart(text[_at])) _at++;
        if (_at < text.Length && !IsTerminator()) throw Error($"bad character U+{(int)text[_at]:X4} '{text[_at]}'");
        Add(kind, start, _at);
    }

    private bool IsTerminator() => White.Contains(text[_at], StringComparison.Ordinal) || text[_at] is '.' or ',' or '|' or ':' or ')' or '(' or '=' || IsClose(out _);

    private void Number()
    {
        var start = _at++;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '.' || (text[_at] is '+' or '-' && text[_at - 1] is 'e' or 'E' or 'p' or 'P')))
            _at++;
        Add(TemplateTokenKind.Number, start, _at);
    }

    private void Quoted(char quote, TemplateTokenKind kind, string problem)
    {
        var start = _at;
        for (_at++; ; _at++)
        {
            if (_at >= text.Length || text[_at] == '\n') throw Error(problem);
            if (text[_at] == quote) break;
            if (text[_at] == '\\' && _at + 1 < text.Length && text[_at + 1] != '\n') _at++;
        }

        _at++;
        Add(kind, start, _at);
    }

    private void Raw()
    {
        var end = text.IndexOf('`', _at + 1);
        if (end < 0) throw Error("unterminated raw quoted string");
        Add(TemplateTokenKind.RawString, _at, end + 1);
        _at = end + 1;
    }

    /// <summary>The value of a quoted token, or null when an escape in it is wrong.</summary>
    public static string? Unquote(string quoted)
    {
        if (quoted[0] == '`') return quoted[1..^1].Replace("\r", "", StringComparison.Ordinal);
        var value = new System.Text.StringBuilder();
        for (var i = 1; i < quoted.Length - 1; i++)
        {
            if (quoted[i] != '\\')
            {
                value.Append(quoted[i]);
                continue;
            }

            var c = quoted[++i];
            var simple = "abfnrtv\\'\"".IndexOf(c, StringComparison.Ordinal);
            if (simple >= 0)
            {
                value.Append("\a\b\f\n\r\t\v\\'\""[simple]);
                continue;
            }

            var digits = c switch
            {
                'x' => 2,
                'u' => 4,
                'U' => 8,
                _ => 0,
            };
            if (digits == 0 || i + digits >= quoted.Length) return null;
            if (!int.TryParse(quoted.AsSpan(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)) return null;
            i += digits;
            if (digits == 2) value.Append(code < 0x80 ? (char)code : (char)(0xDC00 + code));
            else if (System.Text.Rune.TryCreate(code, out var rune)) value.Append(rune.ToString());
            else return null;
        }

        return Values.ByteText.Normalize(value.ToString());
    }
}
