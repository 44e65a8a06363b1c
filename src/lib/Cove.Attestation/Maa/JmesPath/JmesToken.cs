namespace Cove.Attestation.Maa.JmesPath;

/// <summary>What kind of token.</summary>
internal enum JmesTokenKind
{
    Identifier,
    Quoted,
    Literal,
    Number,
    Symbol,
    End,
}

/// <summary>A token of a query.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Text">As written, or the name of an identifier.</param>
/// <param name="Value">The value of a literal or number.</param>
/// <param name="At">Offset in the query.</param>
internal readonly record struct JmesToken(JmesTokenKind Kind, string Text, object? Value, int At)
{
    public bool Is(string symbol) => Kind == JmesTokenKind.Symbol && Text == symbol;
}
