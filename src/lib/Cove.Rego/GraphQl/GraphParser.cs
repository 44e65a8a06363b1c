using System.Runtime.CompilerServices;

namespace Cove.Rego.GraphQl;

/// <summary>Reads GraphQL documents (specification October 2021, §2 and §3). The first error ends it.</summary>
internal sealed partial class GraphParser(string text)
{
    private readonly GraphLexer _lexer = new(text);
    private GraphToken? _peeked;

    /// <summary>Reads an executable document.</summary>
    /// <exception cref="GraphException">The text is not one.</exception>
    public static GraphQuery ParseQuery(string text) => new GraphParser(text).Query();

    /// <summary>Reads a type system document.</summary>
    /// <exception cref="GraphException">The text is not one.</exception>
    public static GraphSchemaDocument ParseSchema(string text) => new GraphParser(text).Schema();

    private GraphToken Peek() => _peeked ??= _lexer.Next();

    private GraphToken Take()
    {
        var token = Peek();
        _peeked = null;
        return token.Problem is { } problem ? throw new GraphException(problem, token.Position) : token;
    }

    private bool Skip(GraphTokenKind kind)
    {
        if (Peek().Kind != kind) return false;
        Take();
        return true;
    }

    private GraphToken Expect(GraphTokenKind kind)
    {
        var token = Peek();
        if (token.Kind == kind) return Take();
        throw new GraphException($"Expected {GraphToken.NameOf(kind)}, found {GraphToken.NameOf(token.Kind)}", token.Position);
    }

    private void ExpectKeyword(string word)
    {
        var token = Peek();
        if (token.Kind != GraphTokenKind.Name || token.Value != word) throw new GraphException($"Expected \"{word}\", found {token}", token.Position);
        Take();
    }

    private static GraphException Unexpected(GraphToken token) => new($"Unexpected {token}", token.Position);

    private string Name() => Expect(GraphTokenKind.Name).Value;

    private bool IsAtName(string word) => Peek() is { Kind: GraphTokenKind.Name } token && token.Value == word;

    /// <summary>What stands between two brackets, or nothing when the first is not there.</summary>
    private List<T> List<T>(GraphTokenKind open, GraphTokenKind close, bool mayBeEmpty, Func<T> read)
    {
        var items = new List<T>();
        if (!Skip(open)) return items;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        while (Peek().Kind != close) items.Add(read());
        if (items.Count == 0 && !mayBeEmpty)
            throw new GraphException($"expected at least one definition, found {GraphToken.NameOf(Peek().Kind)}", Peek().Position);
        Take();
        return items;
    }

    private GraphQuery Query()
    {
        var query = new GraphQuery();
        while (Peek().Kind != GraphTokenKind.End)
        {
            if (Peek().Kind == GraphTokenKind.BraceOpen || IsAtName("query") || IsAtName("mutation") || IsAtName("subscription")) query.Operations.Add(Operation());
            else if (IsAtName("fragment")) query.Fragments.Add(Fragment());
            else throw Unexpected(Peek());
        }

        return query;
    }

    private GraphOperation Operation()
    {
        var position = Peek().Position;
        if (Peek().Kind == GraphTokenKind.BraceOpen) return new GraphOperation { Kind = "query", Selections = RequiredSelections(), Position = position };
        return new GraphOperation
        {
            Kind = OperationKind(),
            Name = Peek().Kind == GraphTokenKind.Name ? Take().Value : "",
            Variables = Variables(),
            Directives = Directives(isConstant: false),
            Selections = RequiredSelections(),
            Position = position,
        };
    }

    private string OperationKind()
    {
        var token = Take();
        return token.Value is "query" or "mutation" or "subscription" ? token.Value : throw Unexpected(token);
    }

    private GraphFragment Fragment()
    {
        var position = Peek().Position;
        ExpectKeyword("fragment");
        var name = FragmentName();
        var variables = Variables();
        ExpectKeyword("on");
        return new GraphFragment
        {
            Name = name,
            Variables = variables,
            TypeCondition = Name(),
            Directives = Directives(isConstant: false),
            Selections = RequiredSelections(),
            Position = position,
        };
    }

    private string FragmentName() => Peek().Value == "on" ? throw Unexpected(Peek()) : Name();

    private List<GraphVariable> Variables() => List(GraphTokenKind.ParenOpen, GraphTokenKind.ParenClose, mayBeEmpty: true, Variable);

    private GraphVariable Variable()
    {
        var position = Peek().Position;
        var name = VariableName();
        Expect(GraphTokenKind.Colon);
        return new GraphVariable
        {
            Name = name,
            Type = TypeReference(),
            Default = Skip(GraphTokenKind.Equals) ? Value(isConstant: true) : null,
            Directives = Directives(isConstant: false),
            Position = position,
        };
    }

    private string VariableName()
    {
        Expect(GraphTokenKind.Dollar);
        return Name();
    }

    private List<GraphSelection> RequiredSelections()
    {
        if (Peek().Kind == GraphTokenKind.BraceOpen) return Selections();
        throw new GraphException($"Expected {{, found {GraphToken.NameOf(Peek().Kind)}", Peek().Position);
    }

    private List<GraphSelection> Selections() => List(GraphTokenKind.BraceOpen, GraphTokenKind.BraceClose, mayBeEmpty: false, Selection);

    private GraphSelection Selection()
    {
        if (Skip(GraphTokenKind.Spread)) return SpreadOrInline();
        var position = Peek().Position;
        var alias = Name();
        return new GraphField
        {
            Alias = alias,
            Name = Skip(GraphTokenKind.Colon) ? Name() : alias,
            Arguments = Arguments(isConstant: false),
            Directives = Directives(isConstant: false),
            Selections = Selections(),
            Position = position,
        };
    }

    private GraphSelection SpreadOrInline()
    {
        var token = Peek();
        if (token.Kind == GraphTokenKind.Name && token.Value != "on")
            return new GraphSpread { Name = FragmentName(), Directives = Directives(isConstant: false), Position = token.Position };
        var condition = "";
        if (token.Value == "on")
        {
            Take();
            condition = Name();
        }

        return new GraphInlineFragment
        {
            TypeCondition = condition,
            Directives = Directives(isConstant: false),
            Selections = RequiredSelections(),
            Position = token.Position,
        };
    }

    private List<GraphArgument> Arguments(bool isConstant) =>
        List(GraphTokenKind.ParenOpen, GraphTokenKind.ParenClose, mayBeEmpty: true, () =>
        {
            var position = Peek().Position;
            var name = Name();
            Expect(GraphTokenKind.Colon);
            return new GraphArgument(name, Value(isConstant), position);
        });

    private List<GraphDirective> Directives(bool isConstant)
    {
        var directives = new List<GraphDirective>();
        while (Skip(GraphTokenKind.At))
        {
            var position = Peek().Position;
            directives.Add(new GraphDirective { Name = Name(), Arguments = Arguments(isConstant), Position = position });
        }

        return directives;
    }

    private GraphValue Value(bool isConstant)
    {
        var token = Peek();
        switch (token.Kind)
        {
            case GraphTokenKind.BracketOpen:
                var items = List(GraphTokenKind.BracketOpen, GraphTokenKind.BracketClose, mayBeEmpty: true, () => new GraphChild("", Value(isConstant), default));
                return new GraphValue { Kind = GraphValueKind.List, Children = items, Position = token.Position };
            case GraphTokenKind.BraceOpen:
                var fields = List(GraphTokenKind.BraceOpen, GraphTokenKind.BraceClose, mayBeEmpty: true, () => ObjectField(isConstant));
                return new GraphValue { Kind = GraphValueKind.Object, Children = fields, Position = token.Position };
            case GraphTokenKind.Dollar when !isConstant:
                return new GraphValue { Kind = GraphValueKind.Variable, Raw = VariableName(), Position = token.Position };
        }

        var kind = token.Kind switch
        {
            GraphTokenKind.Int => GraphValueKind.Int,
            GraphTokenKind.Float => GraphValueKind.Float,
            GraphTokenKind.String => GraphValueKind.String,
            GraphTokenKind.BlockString => GraphValueKind.Block,
            GraphTokenKind.Name when token.Value is "true" or "false" => GraphValueKind.Boolean,
            GraphTokenKind.Name when token.Value == "null" => GraphValueKind.Null,
            GraphTokenKind.Name => GraphValueKind.Enum,
            _ => throw Unexpected(token),
        };
        Take();
        return new GraphValue { Kind = kind, Raw = token.Value, Position = token.Position };
    }

    private GraphChild ObjectField(bool isConstant)
    {
        var position = Peek().Position;
        var name = Name();
        Expect(GraphTokenKind.Colon);
        return new GraphChild(name, Value(isConstant), position);
    }

    private GraphType TypeReference()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        GraphType type;
        if (Skip(GraphTokenKind.BracketOpen))
        {
            var position = Peek().Position;
            type = new GraphType { Element = TypeReference(), Position = position };
            Expect(GraphTokenKind.BracketClose);
        }
        else
        {
            var position = Peek().Position;
            type = new GraphType { Name = Name(), Position = position };
        }

        var bang = Peek().Position;
        if (Skip(GraphTokenKind.Bang)) (type.IsNonNull, type.Position) = (true, bang);
        return type;
    }
}
