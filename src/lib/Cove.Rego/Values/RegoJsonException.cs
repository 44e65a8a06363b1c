namespace Cove.Rego.Values;

/// <summary>A text is not one JSON document.</summary>
public sealed class RegoJsonException : Exception
{
    internal RegoJsonException(string problem, long offset)
        : base($"not a JSON document: {problem} at byte {offset}") => (Problem, Offset) = (problem, offset);

    /// <summary>What is wrong.</summary>
    public string Problem { get; }

    /// <summary>The byte at which the problem was found, from 0.</summary>
    public long Offset { get; }
}
