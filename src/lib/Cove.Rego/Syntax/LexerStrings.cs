using System.Globalization;
using System.Text;

namespace Cove.Rego.Syntax;

internal sealed partial class Lexer
{
    /// <summary>Reads to the quote (not consumed), decoding escapes; for a template also stops at an opening brace. The answer is what is wrong, or null.</summary>
    private string? ReadEscapedUntil(StringBuilder builder, char quote, bool template)
    {
        string? problem = null;
        while (true)
        {
            if (_at >= _text.Length || _text[_at] == '\n') return "non-terminated string";
            var c = _text[_at];
            if (c == quote || (template && c == '{')) break;
            if (c != '\\')
            {
                if (c == '\uFEFF') problem ??= "illegal byte-order mark";
                if (c < ' ' && c != '\t') problem ??= "invalid character in string literal";
                builder.Append(c);
                Advance();
                continue;
            }

            Advance();
            if (!ReadEscape(builder, template)) problem ??= "illegal escape sequence";
        }

        var text = builder.ToString();
        if (!Values.ByteText.IsPlain(text))
        {
            builder.Clear();
            builder.Append(Values.ByteText.Sanitize(text));
        }

        if (problem is not null) Advance();
        return problem;
    }

    private bool ReadEscape(StringBuilder builder, bool template)
    {
        var c = Peek();
        if (c == 'u') return ReadUnicodeEscape(builder);
        char? decoded = c switch
        {
            '\\' or '"' or '/' => c,
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '{' when template => '{',
            _ => null,
        };
        if (decoded is null) return false;
        builder.Append(decoded.Value);
        Advance();
        return true;
    }

    private bool ReadUnicodeEscape(StringBuilder builder)
    {
        Advance();
        if (_at + 4 > _text.Length || !ushort.TryParse(_text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)) return false;
        for (var i = 0; i < 4; i++) Advance();
        builder.Append((char)unit);
        return true;
    }

    /// <summary>A template string becomes start, then texts and braced tokens in turn, then end.</summary>
    private void ReadTemplate()
    {
        var (start, row, column) = (_at, _row, _column);
        Advance();
        var quote = Peek();
        if (quote is not ('"' or '`'))
        {
            Add(TokenKind.Illegal, "", start, row, column, "illegal $ character");
            return;
        }

        Advance();
        Add(TokenKind.TemplateStart, "", start, row, column);
        while (true)
        {
            var builder = new StringBuilder();
            var (textStart, textRow, textColumn) = (_at, _row, _column);
            var problem = quote == '"' ? ReadEscapedUntil(builder, quote, template: true) : ReadRawTemplateText(builder);
            if (problem is not null)
            {
                Add(TokenKind.Illegal, "", start, row, column, problem);
                return;
            }

            if (builder.Length > 0) Add(TokenKind.TemplateText, builder.ToString(), textStart, textRow, textColumn);
            if (_text[_at] == quote) break;
            if (!ReadTemplateExpression()) return;
        }

        var end = (_at, _row, _column);
        Advance();
        Add(TokenKind.TemplateEnd, "", end._at, end._row, end._column);
    }

    private bool ReadTemplateExpression()
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var open = (_at, _row, _column);
        Advance();
        Add(TokenKind.TemplateOpen, "", open._at, open._row, open._column);
        var depth = 0;
        while (true)
        {
            if (!Next(inTemplate: depth == 0))
            {
                if (_at >= _text.Length) return false;
                break;
            }

            if (_tokens[^1].Kind == TokenKind.LBrace) depth++;
            else if (_tokens[^1].Kind == TokenKind.RBrace) depth--;
        }

        var close = (_at, _row, _column);
        Advance();
        Add(TokenKind.TemplateClose, "", close._at, close._row, close._column);
        return true;
    }

    private string? ReadRawTemplateText(StringBuilder builder)
    {
        while (_at < _text.Length && _text[_at] is not ('`' or '{'))
        {
            if (_text[_at] == '\\' && _at + 1 < _text.Length && _text[_at + 1] == '{') Advance();
            builder.Append(_text[_at]);
            Advance();
        }

        return _at < _text.Length ? null : "non-terminated string";
    }
}
