namespace Cove.Attestation.Maa.Policies;

/// <summary>What kind of token.</summary>
internal enum PolicyTokenKind
{
    Identifier,
    Text,
    Integer,
    Symbol,
    End,
}

/// <summary>A token of the policy language with its place: lines count from 1 and columns from 0, as MAA's messages do.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Text">As written; for a string its value.</param>
/// <param name="Integer">The value of an integer.</param>
/// <param name="Line">Line.</param>
/// <param name="Column">Column.</param>
internal readonly record struct PolicyToken(PolicyTokenKind Kind, string Text, long Integer, int Line, int Column)
{
    public bool Is(string symbol) => Kind == PolicyTokenKind.Symbol && Text == symbol;

    public bool IsWord(string word) => Kind == PolicyTokenKind.Identifier && Text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
