namespace Cove.Policy.Templates;

/// <summary>An expression that cannot be parsed or evaluated, and where in it.</summary>
internal sealed class ArmSyntaxException(int offset, string problem) : Exception(problem)
{
    /// <summary>Characters from the opening bracket of the expression.</summary>
    internal int Offset { get; } = offset;
}
