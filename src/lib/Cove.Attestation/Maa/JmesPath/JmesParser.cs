using Cove.Attestation.Maa.Policies;

namespace Cove.Attestation.Maa.JmesPath;

/// <summary>Parses a query by operator precedence, as the language's own grammar is usually read.</summary>
internal sealed class JmesParser
{
    private const int MaximumNesting = 64;
    private const int ProjectionStop = 10;
    private const int StarPower = 20;
    private const int FilterPower = 21;
    private const int FlattenPower = 9;
    private const int DotPower = 40;
    private const int NotPower = 45;
    private readonly List<JmesToken> _tokens;
    private int _at;
    private int _depth;

    public JmesParser(string text) => _tokens = new JmesLexer(text).Tokens();

    private JmesToken Current => _tokens[_at];

    public JmesNode Parse()
    {
        var node = Expression(0);
        return Current.Kind == JmesTokenKind.End ? node : throw Unexpected(Current);
    }

    private JmesNode Expression(int power)
    {
        if (++_depth > MaximumNesting) throw JmesLexer.Error(Current.At, $"is nested deeper than {MaximumNesting}");
        var left = Prefix(Take());
        while (power < PowerOf(Current)) left = Infix(Take(), left);
        _depth--;
        return left;
    }

    private JmesNode Prefix(JmesToken token)
    {
        switch (token.Kind)
        {
            case JmesTokenKind.Literal: return new JmesNode.Literal(token.Value);
            case JmesTokenKind.Identifier when Current.Is("("): return Call(token);
            case JmesTokenKind.Identifier or JmesTokenKind.Quoted: return new JmesNode.Field(token.Text);
        }

        switch (token.Text)
        {
            case "@": return new JmesNode.Identity();
            case "*": return new JmesNode.ValueProjection(new JmesNode.Identity(), Current.Is("]") ? new JmesNode.Identity() : ProjectionRight(StarPower));
            case "[?": return Filter(new JmesNode.Identity());
            case "[]": return new JmesNode.ListProjection(new JmesNode.Flatten(new JmesNode.Identity()), ProjectionRight(FlattenPower));
            case "!": return new JmesNode.Not(Expression(NotPower));
            case "{": return MultiHash();
            case "[" when Current.Kind == JmesTokenKind.Number || Current.Is(":"): return Bracket(new JmesNode.Identity());
            case "[" when Current.Is("*") && _tokens[_at + 1].Is("]"):
                _at += 2;
                return new JmesNode.ListProjection(new JmesNode.Identity(), ProjectionRight(StarPower));
            case "[": return MultiList();
            case "(":
                var inner = Expression(0);
                Expect(")");
                return inner;
            default: throw Unexpected(token);
        }
    }

    private JmesNode Infix(JmesToken token, JmesNode left)
    {
        switch (token.Text)
        {
            case "." when Current.Is("*"):
                _at++;
                return new JmesNode.ValueProjection(left, ProjectionRight(StarPower));
            case ".": return new JmesNode.Chain(left, DotRight(DotPower));
            case "|": return new JmesNode.Chain(left, Expression(1));
            case "||": return new JmesNode.Or(left, Expression(2));
            case "&&": return new JmesNode.And(left, Expression(3));
            case "==" or "!=" or "<" or "<=" or ">" or ">=": return new JmesNode.Compare(left, token.Text, Expression(5));
            case "[?": return Filter(left);
            case "[]": return new JmesNode.ListProjection(new JmesNode.Flatten(left), ProjectionRight(FlattenPower));
            case "[" when Current.Is("*"):
                _at++;
                Expect("]");
                return new JmesNode.ListProjection(left, ProjectionRight(StarPower));
            case "[": return Bracket(left);
            default: throw Unexpected(token);
        }
    }

    private JmesNode.ListProjection Filter(JmesNode left)
    {
        var condition = Expression(0);
        Expect("]");
        return new JmesNode.ListProjection(left, Current.Is("[]") ? new JmesNode.Identity() : ProjectionRight(FilterPower), condition);
    }

    private JmesNode Bracket(JmesNode left)
    {
        long?[] parts = [null, null, null];
        var colons = 0;
        while (!Current.Is("]"))
        {
            var token = Take();
            if (token.Kind == JmesTokenKind.Number && parts[colons] is null) parts[colons] = (long)token.Value!;
            else if (!token.Is(":") || ++colons > 2) throw Unexpected(token);
        }

        var end = Take();
        if (colons == 0) return parts[0] is { } index ? new JmesNode.Chain(left, new JmesNode.Index(index)) : throw Unexpected(end);
        if (parts[2] == 0) throw JmesLexer.Error(end.At, "has a slice with a step of zero");
        return new JmesNode.ListProjection(new JmesNode.Chain(left, new JmesNode.Slice(parts[0], parts[1], parts[2] ?? 1)), ProjectionRight(StarPower));
    }

    private JmesNode ProjectionRight(int power)
    {
        if (PowerOf(Current) < ProjectionStop) return new JmesNode.Identity();
        if (Current.Is("[") || Current.Is("[?")) return Expression(power);
        Expect(".");
        return DotRight(power);
    }

    private JmesNode DotRight(int power)
    {
        if (Current.Kind is JmesTokenKind.Identifier or JmesTokenKind.Quoted || Current.Is("*")) return Expression(power);
        var token = Take();
        return token.Text switch { "[" => MultiList(), "{" => MultiHash(), _ => throw Unexpected(token) };
    }

    private JmesNode.MultiList MultiList()
    {
        List<JmesNode> items = [];
        do items.Add(Expression(0));
        while (Accept(","));
        Expect("]");
        return new JmesNode.MultiList(items);
    }

    private JmesNode.MultiHash MultiHash()
    {
        List<KeyValuePair<string, JmesNode>> items = [];
        do
        {
            var key = Take();
            if (key.Kind is not (JmesTokenKind.Identifier or JmesTokenKind.Quoted)) throw Unexpected(key);
            Expect(":");
            items.Add(new(key.Text, Expression(0)));
        }
        while (Accept(","));
        Expect("}");
        return new JmesNode.MultiHash(items);
    }

    private JmesNode.Call Call(JmesToken name)
    {
        var function = JmesFunction.Find(name.Text) ?? throw JmesLexer.Error(name.At, $"calls {name.Text}, which is no function here");
        _at++;
        List<JmesNode> arguments = [];
        if (!Current.Is(")"))
        {
            do arguments.Add(Expression(0));
            while (Accept(","));
        }

        Expect(")");
        return arguments.Count >= function.MinimumArguments && arguments.Count <= function.MaximumArguments
            ? new JmesNode.Call(function, arguments)
            : throw JmesLexer.Error(name.At, $"gives {name.Text} {arguments.Count} arguments");
    }

    private static int PowerOf(JmesToken token) => token.Kind != JmesTokenKind.Symbol ? 0 : token.Text switch
    {
        "|" => 1,
        "||" => 2,
        "&&" => 3,
        "==" or "!=" or "<" or "<=" or ">" or ">=" => 5,
        "[]" => FlattenPower,
        "[?" => FilterPower,
        "." => DotPower,
        "[" => 55,
        _ => 0,
    };

    private JmesToken Take() => _tokens[_at].Kind == JmesTokenKind.End ? throw Unexpected(_tokens[_at]) : _tokens[_at++];

    private bool Accept(string symbol)
    {
        if (!Current.Is(symbol)) return false;
        _at++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Accept(symbol)) throw JmesLexer.Error(Current.At, $"has {Current.Text}, expected {symbol}");
    }

    private static PolicyEvaluationException Unexpected(JmesToken token) => JmesLexer.Error(token.At, $"has {token.Text} where it cannot be");
}
