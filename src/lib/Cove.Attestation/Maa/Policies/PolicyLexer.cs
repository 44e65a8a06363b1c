using System.Globalization;
using System.Text;

namespace Cove.Attestation.Maa.Policies;

/// <summary>Splits policy text into tokens. White space and <c>//</c> comments count for nothing.</summary>
internal sealed class PolicyLexer(string text)
{
    // Longest first, so that "=>" and "==" are not read as "=".
    private static readonly string[] Symbols = ["=>", "==", "!=", "<=", ">=", "&&", "=", "<", ">", "!", "{", "}", "(", ")", "[", "]", ";", ":", ",", "."];
    private int _at;
    private int _line = 1;
    private int _lineStart;

    public List<PolicyToken> Tokens()
    {
        List<PolicyToken> tokens = [];
        do tokens.Add(Next());
        while (tokens[^1].Kind != PolicyTokenKind.End);
        return tokens;
    }

    private PolicyToken Next()
    {
        SkipBlank();
        if (_at == text.Length) return Make(PolicyTokenKind.End, "end of the policy", _at);
        var start = _at;
        var first = text[_at];
        if (char.IsAsciiLetter(first) || first == '_')
        {
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_')) _at++;
            return Make(PolicyTokenKind.Identifier, text[start.._at], start);
        }

        if (char.IsAsciiDigit(first) || (first == '-' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1]))) return Integer(start);
        if (first == '"') return String(start);
        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(text, _at, symbol, 0, symbol.Length) != 0) continue;
            _at += symbol.Length;
            return Make(PolicyTokenKind.Symbol, symbol, start);
        }

        throw PolicyErrors.At(_line, _at - _lineStart, first.ToString(), "is no part of the policy language");
    }

    private void SkipBlank()
    {
        while (_at < text.Length)
        {
            if (text[_at] == '/' && _at + 1 < text.Length && text[_at + 1] == '/')
            {
                while (_at < text.Length && text[_at] != '\n') _at++;
            }
            else if (text[_at] is ' ' or '\t' or '\r')
            {
                _at++;
            }
            else if (text[_at] == '\n')
            {
                _line++;
                _lineStart = ++_at;
            }
            else
            {
                return;
            }
        }
    }

    private PolicyToken Integer(int start)
    {
        _at++;
        while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
        var digits = text[start.._at];
        return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            ? new PolicyToken(PolicyTokenKind.Integer, digits, value, _line, start - _lineStart)
            : throw PolicyErrors.At(_line, start - _lineStart, digits, "is not an integer of 64 bits");
    }

    private PolicyToken String(int start)
    {
        var (line, lineStart) = (_line, _lineStart);
        var value = new StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            switch (text[_at])
            {
                case '"':
                    _at++;
                    return new PolicyToken(PolicyTokenKind.Text, value.ToString(), 0, line, start - lineStart);
                case '\\' when _at + 1 < text.Length && text[_at + 1] is '"' or '\\':
                    value.Append(text[++_at]);
                    break;
                case '\n':
                    _line++;
                    _lineStart = _at + 1;
                    value.Append('\n');
                    break;
                default:
                    value.Append(text[_at]);
                    break;
            }
        }

        throw PolicyErrors.At(line, start - lineStart, "\"", "begins a string that does not end");
    }

    private PolicyToken Make(PolicyTokenKind kind, string value, int start) => new(kind, value, 0, _line, start - _lineStart);
}
