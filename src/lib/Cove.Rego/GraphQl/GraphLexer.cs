using System.Globalization;
using System.Text;
using Cove.Rego.Values;

namespace Cove.Rego.GraphQl;

/// <summary>Splits a GraphQL document into tokens (GraphQL specification, October 2021, §2.1). Commas and comments are white space.</summary>
internal sealed class GraphLexer(string text)
{
    private int _at;
    private int _line = 1;
    private int _lineStart;
    private int _extra;

    /// <summary>The column of a place, in code points: <see cref="_extra"/> counts the second halves of pairs in this line.</summary>
    private int Column => _at - _lineStart - _extra + 1;

    public GraphToken Next()
    {
        SkipIgnored();
        var position = new GraphPosition(_line, Column);
        if (_at >= text.Length) return new GraphToken(GraphTokenKind.End, "", position);
        var c = text[_at];
        if (char.IsAsciiLetter(c) || c == '_') return Name(position);
        if (char.IsAsciiDigit(c) || c == '-') return Number(position);
        if (c == '"') return Rest(3) is "\"\"\"" ? BlockString() : Quoted();
        if (Rest(3) is "...") return Punctuator(GraphTokenKind.Spread, 3, position);
        var kind = c switch
        {
            '!' => GraphTokenKind.Bang,
            '$' => GraphTokenKind.Dollar,
            '&' => GraphTokenKind.Amp,
            '(' => GraphTokenKind.ParenOpen,
            ')' => GraphTokenKind.ParenClose,
            ':' => GraphTokenKind.Colon,
            '=' => GraphTokenKind.Equals,
            '@' => GraphTokenKind.At,
            '[' => GraphTokenKind.BracketOpen,
            ']' => GraphTokenKind.BracketClose,
            '{' => GraphTokenKind.BraceOpen,
            '}' => GraphTokenKind.BraceClose,
            '|' => GraphTokenKind.Pipe,
            _ => GraphTokenKind.Invalid,
        };
        return kind == GraphTokenKind.Invalid ? Unexpected(c) : Punctuator(kind, 1, position);
    }

    private ReadOnlySpan<char> Rest(int length) => text.AsSpan(_at, Math.Min(length, text.Length - _at));

    private GraphToken Punctuator(GraphTokenKind kind, int length, GraphPosition position)
    {
        _at += length;
        return new GraphToken(kind, "", position);
    }

    private GraphToken Unexpected(char c)
    {
        if (c < ' ') return Invalid($"Cannot contain the invalid character \"\\u{(int)c:D4}\"");
        if (c == '\'') return Invalid("Unexpected single quote character ('), did you mean to use a double quote (\")?");
        // The field's parser looks at single bytes here, so a character beyond ASCII shows as its first byte.
        var first = c < 0x80 ? c : (char)ByteText.ToBytes(text.Substring(_at, ByteText.RuneLengthAt(text, _at)))[0];
        return Invalid($"Cannot parse the unexpected character \"{first}\".");
    }

    private GraphToken Invalid(string problem) => new(GraphTokenKind.Invalid, "", new GraphPosition(_line, Column), problem);

    private void Advance()
    {
        var length = ByteText.RuneLengthAt(text, _at);
        _extra += length - 1;
        _at += length;
    }

    private void NewLine()
    {
        _line++;
        _lineStart = _at;
        _extra = 0;
    }

    private void SkipIgnored()
    {
        for (; _at < text.Length;)
        {
            switch (text[_at])
            {
                case '\t' or ' ' or ',' or '\uFEFF':
                    _at++;
                    break;
                case '\n':
                    _at++;
                    NewLine();
                    break;
                case '\r':
                    _at++;
                    NewLine();
                    if (Rest(1) is "\n") _at++;
                    break;
                case '#':
                    while (_at < text.Length && (text[_at] >= ' ' || text[_at] == '\t')) Advance();
                    break;
                default:
                    return;
            }
        }
    }

    private GraphToken Name(GraphPosition position)
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_')) _at++;
        return new GraphToken(GraphTokenKind.Name, text[start.._at], position);
    }

    private GraphToken Number(GraphPosition position)
    {
        var start = _at;
        if (text[_at] == '-') _at++;
        if (Rest(1) is "0")
        {
            _at++;
            if (_at < text.Length && char.IsAsciiDigit(text[_at])) return Invalid($"Invalid number, unexpected digit after 0: {DescribeNext()}.");
        }
        else if (!Digits())
        {
            return NoDigit();
        }

        var isFloat = false;
        if (Rest(1) is ".")
        {
            (isFloat, _at) = (true, _at + 1);
            if (!Digits()) return NoDigit();
        }

        if (Rest(1) is "e" or "E")
        {
            (isFloat, _at) = (true, _at + 1);
            if (Rest(1) is "+" or "-") _at++;
            if (!Digits()) return NoDigit();
        }

        return new GraphToken(isFloat ? GraphTokenKind.Float : GraphTokenKind.Int, text[start.._at], position);
    }

    private bool Digits()
    {
        var start = _at;
        while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
        return _at > start;
    }

    private GraphToken NoDigit() => Invalid($"Invalid number, expected digit but got: {DescribeNext()}.");

    private string DescribeNext() => _at < text.Length ? $"\"{text[_at]}\"" : "<EOF>";

    /// <summary>A string on one line. Its position is the place behind the opening quote.</summary>
    private GraphToken Quoted()
    {
        _at++;
        var position = new GraphPosition(_line, Column);
        var value = new StringBuilder();
        while (_at < text.Length && text[_at] is not ('\n' or '\r'))
        {
            var c = text[_at];
            if (c < ' ' && c != '\t') return Invalid($"Invalid character within String: \"\\u{(int)c:D4}\".");
            if (c == '"')
            {
                _at++;
                return new GraphToken(GraphTokenKind.String, value.ToString(), position);
            }

            if (c == '\\')
            {
                if (Escape(value) is { } problem) return Invalid(problem);
                continue;
            }

            value.Append(text, _at, ByteText.RuneLengthAt(text, _at));
            Advance();
        }

        return Invalid("Unterminated string.");
    }

    private string? Escape(StringBuilder value)
    {
        _at++;
        if (_at >= text.Length) return "Invalid character escape sequence.";
        var c = text[_at];
        if (c == 'u')
        {
            if (_at + 5 >= text.Length) return $"Invalid character escape sequence: \\{text[_at..]}.";
            var digits = text.Substring(_at + 1, 4);
            if (!ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)) return $"Invalid character escape sequence: \\u{digits}.";
            value.Append(char.IsSurrogate((char)code) ? '\uFFFD' : (char)code);
            _at += 5;
            return null;
        }

        var at = "\"/\\bfnrt".IndexOf(c, StringComparison.Ordinal);
        if (at < 0) return $"Invalid character escape sequence: \\{c}.";
        value.Append("\"/\\\b\f\n\r\t"[at]);
        _at++;
        return null;
    }

    private GraphToken BlockString()
    {
        _at += 3;
        var start = new GraphPosition(_line, Column);
        var value = new StringBuilder();
        while (_at < text.Length)
        {
            var c = text[_at];
            if (c == '"' && Rest(3) is "\"\"\"")
            {
                // As the field's parser has it, the line is the one where the string ends.
                var position = start.Line == _line ? start : new GraphPosition(_line, Column);
                _at += 3;
                return new GraphToken(GraphTokenKind.BlockString, GraphBlockText.Dedent(value.ToString()), position);
            }

            if (c < ' ' && c is not ('\t' or '\n' or '\r')) return Invalid($"Invalid character within String: \"\\u{(int)c:D4}\".");
            if (Rest(4) is "\\\"\"\"")
            {
                value.Append("\"\"\"");
                _at += 4;
            }
            else if (c is '\r' or '\n')
            {
                _at += Rest(2) is "\r\n" ? 2 : 1;
                value.Append('\n');
                NewLine();
            }
            else
            {
                value.Append(text, _at, ByteText.RuneLengthAt(text, _at));
                Advance();
            }
        }

        return Invalid("Unterminated string.");
    }
}
