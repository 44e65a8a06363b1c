using System.Runtime.InteropServices;
using Cove.Rego.Values;

namespace Cove.Rego.Syntax;

/// <summary>What a parser accepts.</summary>
/// <param name="V1">Whether the v1 keywords are on from the start and v1's rules on heads hold.</param>
/// <param name="AllowAndOr">Whether "and" and "or" may be imported.</param>
internal sealed record ParserOptions(bool V1, bool AllowAndOr);

/// <summary>
/// Recursive descent over tokens. A failing level returns null after recording what it expected, so one mistake may be recorded by several levels, as
/// in OPA; parsing stops at the first statement that fails.
/// </summary>
internal sealed partial class Parser
{
    private readonly SourceText _source;
    private readonly ParserOptions _options;
    private readonly List<Token> _tokens;
    private readonly List<Comment> _comments;
    private readonly List<RegoError> _errors = [];

    /// <summary>Statements that read well but are no rules: reported when the whole module reads well.</summary>
    private readonly List<RegoError> _notRules = [];
    private readonly List<string> _hints = [];
    private readonly HashSet<string> _keywords = ["package", "import", "as", "default", "else", "not", "some", "with", "null", "true", "false"];
    private readonly RegoErrorStage _stage;

    /// <summary>The terms that begin at each token, as far as they were read in this reading.</summary>
    private readonly (int Reading, Term Term, int End, int Wildcards)[] _terms;
    private int _reading = 1;
    private int _at;
    private int _wildcards;
    private int _whitespaceAt = -1;

    public Parser(SourceText source, ParserOptions options, RegoErrorStage stage = RegoErrorStage.Parse)
    {
        _source = source;
        _options = options;
        _stage = stage;
        var lexer = new Lexer(source);
        _tokens = lexer.Tokenize();
        _terms = new (int, Term, int, int)[_tokens.Count];
        _comments = lexer.Comments;
        if (options.V1 || stage == RegoErrorStage.QueryParse) AddV1Keywords();
    }

    public IReadOnlyList<RegoError> Errors => _errors;

    private ref readonly Token Current => ref At(_at);

    private TokenKind Kind => At(_at).Kind;

    /// <summary>The offset behind the last token taken.</summary>
    private int LastEnd => _at > 0 ? At(_at - 1).End : 0;

    private ref readonly Token Ahead => ref At(Math.Min(_at + 1, _tokens.Count - 1));

    /// <summary>A term alone, as in a case's input.</summary>
    public Term? ParseWholeTerm()
    {
        var term = ParseInfix();
        if (term is not null && Kind != TokenKind.Eof) Illegal("");
        return _errors.Count == 0 ? term : null;
    }

    /// <summary>A query: expressions to the end of the text.</summary>
    public List<Expr>? ParseWholeQuery()
    {
        if (Kind == TokenKind.Eof) return [];
        var body = ParseQuery(TokenKind.Eof, stopEarly: false);
        return _errors.Count == 0 ? body : null;
    }

    private void AddV1Keywords()
    {
        _keywords.Add("in");
        _keywords.Add("every");
        _keywords.Add("contains");
        _keywords.Add("if");
    }

    // The list is whole before the parser begins: its tokens stay where they are.
    private ref readonly Token At(int index) => ref CollectionsMarshal.AsSpan(_tokens)[index];

    private void Scan()
    {
        if (Kind == TokenKind.Illegal && Current.Problem is { } problem) Record(Current, problem);
        if (_at < _tokens.Count - 1) _at++;
    }

    private Mark Save() => new(_at, _errors.Count, _hints.Count, _wildcards);

    private void Restore(Mark mark)
    {
        _at = mark.At;
        _wildcards = mark.Wildcards;
        if (_errors.Count > mark.Errors) _errors.RemoveRange(mark.Errors, _errors.Count - mark.Errors);
        if (_hints.Count > mark.Hints) _hints.RemoveRange(mark.Hints, _hints.Count - mark.Hints);
    }

    private Location Here() => Current.At(_source);

    /// <summary>Sets the end of a construct to that of the last token taken.</summary>
    private Location Close(Location location)
    {
        location.End = _at > 0 ? Math.Max(location.End, At(_at - 1).End) : location.End;
        return location;
    }

    /// <summary>True when the token is this keyword and not the start of a reference such as <c>if.x</c>.</summary>
    private bool IsKeyword(string word) =>
        Kind == TokenKind.Identifier && Current.Text == word && _keywords.Contains(word) && !StartsReference();

    private bool IsAnyKeyword() => Kind == TokenKind.Identifier && _keywords.Contains(Current.Text) && !StartsReference();

    private bool StartsReference() => Ahead.Kind is TokenKind.Dot or TokenKind.LBracket && !Ahead.SpaceBefore;

    private void Record(in Token at, string message) => Record(at.Row, at.Column, message);

    private void Record(Location at, string message) => Record(at.Row, at.Column, message);

    private void Record(int row, int column, string message)
    {
        if (_hints.Count == 1) message += $" (hint: {_hints[0]})";
        else if (_hints.Count > 1) message += $" (hints: {string.Join(", ", _hints)})";
        _hints.Clear();
        _errors.Add(new RegoError(_stage, RegoError.ParseCode, message, _source.File, row, column));
    }

    /// <summary>Records that the current token does not belong here.</summary>
    private void Illegal(string note)
    {
        var token = Current;
        if (token.Kind == TokenKind.Illegal)
        {
            if (token.Problem is { } problem && !_errors.Exists(e => e.Row == token.Row && e.Column == token.Column && e.Message == problem)) Record(token, problem);
            Record(token, "illegal token");
            return;
        }

        if (_at == _whitespaceAt)
        {
            Record(token, note.Length > 0 ? $"unexpected whitespace token: {note}" : "unexpected whitespace token");
            return;
        }

        var keyword = token.Kind == TokenKind.Identifier && _keywords.Contains(token.Text);
        var what = keyword ? $"unexpected {token.Text} keyword" : $"unexpected {token.Describe()} token";
        Record(token, note.Length > 0 ? $"{what}: {note}" : what);
    }

    private bool Expect(TokenKind kind, string note)
    {
        if (Kind == kind)
        {
            Scan();
            return true;
        }

        Illegal(note);
        return false;
    }

    private readonly record struct Mark(int At, int Errors, int Hints, int Wildcards);
}
