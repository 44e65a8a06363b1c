namespace Cove.Hosting.CommandLine;

/// <summary>The command line, or a file it names, is wrong. The process says so and ends with exit code 2.</summary>
/// <param name="problem">What is wrong, lower case, one line.</param>
/// <param name="hint">What to do about it.</param>
public sealed class UsageException(string problem, string hint) : Exception(problem)
{
    /// <summary>What to do about it.</summary>
    public string Hint { get; } = hint;
}
