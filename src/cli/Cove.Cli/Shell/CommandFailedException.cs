using Cove.Outcomes;

namespace Cove.Cli.Shell;

/// <summary>A command stops here, with the failure that the user is to see.</summary>
internal sealed class CommandFailedException(Failure failure, Exception? inner = null) : Exception(failure.Message, inner)
{
    public Failure Failure { get; } = failure;

    /// <summary>The command line, or a file that it names, is not right.</summary>
    public static CommandFailedException Usage(string code, string message, string? hint = null) =>
        new(new Failure(ExitCode.Usage, code, message, hint));

    /// <summary>The answer is no, with every reason.</summary>
    public static CommandFailedException Rejected(string message, IReadOnlyList<Finding> findings, string? hint = null) =>
        new(new Failure(ExitCode.Rejected, "rejected", message, hint ?? $"cove explain {findings[0].Code}", findings));

    /// <summary>The host or a service does not permit this.</summary>
    public static CommandFailedException NotPermitted(string code, string message, string? hint = null) =>
        new(new Failure(ExitCode.NotPermitted, code, message, hint));

    /// <summary>Something outside is not there or did not answer.</summary>
    public static CommandFailedException Unavailable(string code, string message, string? hint = null) =>
        new(new Failure(ExitCode.Unavailable, code, message, hint));

    /// <summary>It took longer than allowed.</summary>
    public static CommandFailedException TimedOut(string code, string message, string? hint = null) =>
        new(new Failure(ExitCode.TimedOut, code, message, hint));
}
