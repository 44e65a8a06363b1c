using Cove.Outcomes;

namespace Cove.Attestation.Maa.Policies;

/// <summary>Errors in a policy's text, with the place in the form that MAA gives it.</summary>
internal static class PolicyErrors
{
    public static MalformedException At(int line, int column, string symbol, string problem) =>
        new(MaaPolicy.Format, $"line {line}, column {column}", $"offending symbol '{symbol}': {problem}");

    public static MalformedException At(PolicyToken token, string problem) => At(token.Line, token.Column, token.Text, problem);
}
