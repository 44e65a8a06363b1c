using Cove.Rego.Values;

namespace Cove.Rego.GraphQl;

/// <summary>What a token of a GraphQL document is.</summary>
internal enum GraphTokenKind
{
    Invalid,
    End,
    Bang,
    Dollar,
    Amp,
    ParenOpen,
    ParenClose,
    Spread,
    Colon,
    Equals,
    At,
    BracketOpen,
    BracketClose,
    BraceOpen,
    BraceClose,
    Pipe,
    Name,
    Int,
    Float,
    String,
    BlockString,
}

/// <summary>Where something stands: line and column in code points, from 1. <see cref="None"/> for documents that were not text.</summary>
internal readonly record struct GraphPosition(int Line, int Column)
{
    public static readonly GraphPosition None;

    public bool IsKnown => Line > 0;
}

/// <summary>A token. An invalid one says what is wrong with it.</summary>
internal readonly record struct GraphToken(GraphTokenKind Kind, string Value, GraphPosition Position, string? Problem = null)
{
    private static readonly string[] Names =
        ["<Invalid>", "<EOF>", "!", "$", "&", "(", ")", "...", ":", "=", "@", "[", "]", "{", "}", "|", "Name", "Int", "Float", "String", "BlockString"];

    public static string NameOf(GraphTokenKind kind) => Names[(int)kind];

    public override string ToString() => Value.Length == 0 ? NameOf(Kind) : $"{NameOf(Kind)} {GoQuote.Quote(Value)}";
}
