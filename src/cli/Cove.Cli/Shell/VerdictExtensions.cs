using Cove.Outcomes;

namespace Cove.Cli.Shell;

internal static class VerdictExtensions
{
    /// <summary>The accepted value, or the end of the command: exit 3 with every finding.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="message">What was not accepted, e.g. <c>the template is not accepted, template.json</c>.</param>
    /// <param name="hint">The next command; by default the page of the first finding.</param>
    public static T OrFail<T>(this Verdict<T> verdict, string message, string? hint = null) =>
        verdict.IsAccepted(out var value, out var findings) ? value : throw CommandFailedException.Rejected(message, findings, hint);
}
