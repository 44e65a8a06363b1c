using System.Buffers;
using System.Globalization;
using System.Text;

namespace Cove.Rego.Syntax;

/// <summary>Cuts a module's or query's text into tokens (rego.md §2.1). Never fails: what is wrong becomes an illegal token that the parser reports when it gets there.</summary>
internal sealed partial class Lexer(SourceText source)
{
    // ASCII without controls and the backslash.
    private static readonly SearchValues<char> Plain = SearchValues.Create(" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private readonly string _text = source.Text;
    // Names come again and again: one string for each.
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _names = new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly List<Token> _tokens = new((source.Text.Length / 4) + 1);
    private readonly List<Comment> _comments = [];
    private int _at;
    private int _row = 1;
    private int _column = 1;
    private bool _space;
    private bool _newline;

    public List<Comment> Comments => _comments;

    public List<Token> Tokenize()
    {
        if (_text.StartsWith('\uFEFF')) _at++;
        while (Next(inTemplate: false))
        {
        }

        _tokens.Add(new Token(TokenKind.Eof, "", _at, _at, _row, EndColumn(), _space, _newline));
        return _tokens;
    }

    /// <summary>At the end the column is that of the last character; 0 on a line without any.</summary>
    private int EndColumn() => _column - 1;

    private bool Next(bool inTemplate)
    {
        SkipSpace();
        if (_at >= _text.Length) return false;
        var c = _text[_at];
        if (char.IsAsciiLetter(c) || c == '_') ReadIdentifier();
        else if (char.IsAsciiDigit(c)) ReadNumber();
        else if (c == '"') ReadString();
        else if (c == '`') ReadRawString();
        else if (c == '$') ReadTemplate();
        else if (inTemplate && c == '}') return false;
        else ReadPunctuation(c);
        return true;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length)
        {
            switch (_text[_at])
            {
                case '\n':
                    _newline = _space = true;
                    Advance();
                    break;
                case ' ' or '\t' or '\r':
                    _space = true;
                    Advance();
                    break;
                case '#':
                    ReadComment();
                    break;
                default:
                    return;
            }
        }
    }

    private void ReadComment()
    {
        var at = new Location(source, _at, _row, _column);
        var start = _at + 1;
        while (_at < _text.Length && _text[_at] != '\n') Advance();
        at.End = _at;
        _comments.Add(new Comment(at, _text[start.._at].TrimEnd('\r')));
        _space = true;
    }

    private void Advance()
    {
        var c = _text[_at++];
        if (c == '\n')
        {
            _row++;
            _column = 1;
        }
        else if (!char.IsLowSurrogate(c))
        {
            _column++;
        }
    }

    private void Add(TokenKind kind, string text, int start, int row, int column, string? problem = null)
    {
        _tokens.Add(new Token(kind, text, start, _at, row, column, _space, _newline, problem));
        _space = _newline = false;
    }

    private void ReadIdentifier()
    {
        var (start, row, column) = (_at, _row, _column);
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'
            || (_text[_at] >= 128 && char.GetUnicodeCategory(_text[_at]) == UnicodeCategory.DecimalDigitNumber))) Advance();
        Add(TokenKind.Identifier, Name(_text.AsSpan(start, _at - start)), start, row, column);
    }

    private void ReadNumber()
    {
        var (start, row, column) = (_at, _row, _column);
        string? problem = null;
        Digits();
        if (Peek() == '.')
        {
            Advance();
            if (!Digits()) problem = "expected fraction";
        }

        if (problem is null && Peek() is 'e' or 'E')
        {
            Advance();
            if (Peek() is '+' or '-') Advance();
            if (!Digits()) problem = "expected exponent";
        }

        if (problem is null && (char.IsAsciiLetter(Peek()) || Peek() == '_'))
        {
            while (char.IsAsciiLetterOrDigit(Peek()) || Peek() is '_' or '.') Advance();
            problem = "illegal number format";
        }

        Add(problem is null ? TokenKind.Number : TokenKind.Illegal, _text[start.._at], start, row, column, problem);
    }

    private bool Digits()
    {
        var start = _at;
        while (char.IsAsciiDigit(Peek())) Advance();
        return _at > start;
    }

    private char Peek() => _at < _text.Length ? _text[_at] : '\0';

    private void ReadString()
    {
        var (start, row, column) = (_at, _row, _column);
        Advance();
        if (PlainLength() is >= 0 and var length)
        {
            var plain = _text.Substring(_at, length);
            _at += length + 1;
            _column += length + 1;
            Add(TokenKind.String, plain, start, row, column);
            return;
        }

        var builder = new StringBuilder();
        var problem = ReadEscapedUntil(builder, '"', template: false);
        if (problem is null) Advance();
        Add(problem is null ? TokenKind.String : TokenKind.Illegal, builder.ToString(), start, row, column, problem);
    }

    private string Name(ReadOnlySpan<char> text)
    {
        if (_names.TryGetValue(text, out var known)) return known;
        var name = text.ToString();
        _names.Set.Add(name);
        return name;
    }

    /// <summary>How many characters stand before the closing quote, when every one of them stands for itself; otherwise -1.</summary>
    private int PlainLength()
    {
        var rest = _text.AsSpan(_at);
        var end = rest.IndexOf('"');
        return end >= 0 && !rest[..end].ContainsAnyExcept(Plain) ? end : -1;
    }

    private void ReadRawString()
    {
        var (start, row, column) = (_at, _row, _column);
        Advance();
        var content = _at;
        while (_at < _text.Length && _text[_at] != '`') Advance();
        if (_at >= _text.Length)
        {
            Add(TokenKind.Illegal, "", start, row, column, "non-terminated string");
            return;
        }

        var text = _text[content.._at];
        Advance();
        Add(TokenKind.RawString, text, start, row, column);
    }

    private void ReadPunctuation(char c)
    {
        var (start, row, column) = (_at, _row, _column);
        var (kind, length) = Punctuation(c, _at + 1 < _text.Length ? _text[_at + 1] : '\0');
        if (kind == TokenKind.Illegal)
        {
            Advance();
            var problem = c switch
            {
                '!' => "illegal ! character",
                '\0' => "illegal null character",
                '\uFEFF' => "illegal byte-order mark",
                _ => ByteTextProblem(start),
            };
            if (char.IsLowSurrogate(Peek())) Advance();
            Add(TokenKind.Illegal, "", start, row, column, problem);
            return;
        }

        for (var i = 0; i < length; i++) Advance();
        Add(kind, "", start, row, column);
    }

    private string? ByteTextProblem(int at) => Values.ByteText.IsEscapedByte(_text, at) ? "illegal utf-8 character" : null;

    private static (TokenKind Kind, int Length) Punctuation(char c, char next) => (c, next) switch
    {
        (':', '=') => (TokenKind.Assign, 2),
        (':', _) => (TokenKind.Colon, 1),
        ('=', '=') => (TokenKind.Equal, 2),
        ('=', _) => (TokenKind.Eq, 1),
        ('!', '=') => (TokenKind.Neq, 2),
        ('<', '=') => (TokenKind.Lte, 2),
        ('<', _) => (TokenKind.Lt, 1),
        ('>', '=') => (TokenKind.Gte, 2),
        ('>', _) => (TokenKind.Gt, 1),
        ('[', _) => (TokenKind.LBracket, 1),
        (']', _) => (TokenKind.RBracket, 1),
        ('{', _) => (TokenKind.LBrace, 1),
        ('}', _) => (TokenKind.RBrace, 1),
        ('(', _) => (TokenKind.LParen, 1),
        (')', _) => (TokenKind.RParen, 1),
        (',', _) => (TokenKind.Comma, 1),
        (';', _) => (TokenKind.Semicolon, 1),
        ('.', _) => (TokenKind.Dot, 1),
        ('+', _) => (TokenKind.Plus, 1),
        ('-', _) => (TokenKind.Minus, 1),
        ('*', _) => (TokenKind.Mul, 1),
        ('/', _) => (TokenKind.Div, 1),
        ('%', _) => (TokenKind.Rem, 1),
        ('&', _) => (TokenKind.And, 1),
        ('|', _) => (TokenKind.Or, 1),
        _ => (TokenKind.Illegal, 1),
    };
}
