using Cove.Outcomes;

namespace Cove.Cli.Shell;

/// <summary>Why a command did not do what was asked, as a person and as a script read it.</summary>
/// <param name="ExitCode">The process's exit code.</param>
/// <param name="Code">A stable word for scripts, kebab case.</param>
/// <param name="Message">What happened and where: lower case, no full stop.</param>
/// <param name="Hint">The next command or action, where there is one.</param>
/// <param name="Findings">Every reason of a rejection.</param>
internal sealed record Failure(ExitCode ExitCode, string Code, string Message, string? Hint = null, IReadOnlyList<Finding>? Findings = null)
{
    /// <summary>The one line that another tool would print instead, for a command that answers as that tool does.</summary>
    public string? Line { get; init; }

    /// <summary>The one place where what libraries throw becomes what the user sees.</summary>
    public static Failure From(Exception thrown, CancellationToken interrupted) => thrown switch
    {
        CommandFailedException failed => failed.Failure,
        OperationCanceledException when interrupted.IsCancellationRequested => new(ExitCode.Interrupted, "interrupted", "interrupted"),
        MalformedException malformed => new(ExitCode.Malformed, "malformed", malformed.Message),
        UnavailableException unavailable => new(ExitCode.Unavailable, "unavailable", unavailable.Message, "try again; nothing was decided"),
        HttpRequestException http => new(ExitCode.Unavailable, "unavailable", LowerFirst(http.Message), "try again; nothing was decided"),
        OperationCanceledException or TimeoutException => new(ExitCode.TimedOut, "timed-out", "took longer than allowed", "try again"),
        UnauthorizedAccessException denied => new(ExitCode.NotPermitted, "not-permitted", LowerFirst(denied.Message), "run as a user that may do this, or as root"),
        FileNotFoundException { FileName: { } file } => new(ExitCode.Usage, "file-not-found", $"no such file, {file}"),
        DirectoryNotFoundException missing => new(ExitCode.Usage, "file-not-found", LowerFirst(missing.Message)),
        IOException io => new(ExitCode.Unavailable, "input-output", LowerFirst(io.Message)),
        _ => new(
            ExitCode.Bug,
            "bug",
            $"unexpected {thrown.GetType().Name}: {thrown.Message}",
            "this is a defect in cove: run the command again with --debug and report what it prints"),
    };

    // Messages of the framework begin with a capital and end with a full stop; ours do not.
    private static string LowerFirst(string text) =>
        text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..].TrimEnd('.') : text.TrimEnd('.');
}
