namespace Cove.Rego;

/// <summary>A module or query is not valid Rego.</summary>
public sealed class RegoCompileException : Exception
{
    internal RegoCompileException(IReadOnlyList<RegoError> errors)
        : base(Describe(errors)) => Errors = errors;

    /// <summary>What is wrong; at least one.</summary>
    public IReadOnlyList<RegoError> Errors { get; }

    private static string Describe(IReadOnlyList<RegoError> errors) => errors.Count == 1
        ? "1 error occurred: " + errors[0]
        : $"{errors.Count} errors occurred:\n{string.Join('\n', errors)}";
}
