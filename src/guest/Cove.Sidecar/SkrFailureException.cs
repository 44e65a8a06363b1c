namespace Cove.Sidecar;

/// <summary>
/// A step that failed. The message is what clients of the sidecar read: the outermost step first, each cause after a colon. It never
/// holds a key, a token or what they protect.
/// </summary>
internal sealed class SkrFailureException : Exception
{
    public SkrFailureException(string problem)
        : base(problem)
    {
    }

    public SkrFailureException(string step, Exception cause)
        : base($"{step}: {cause.Message}", cause)
    {
    }

    private SkrFailureException(Exception cause, string problem)
        : base(problem, cause)
    {
    }

    /// <summary>A problem told in other words than its cause's.</summary>
    public static SkrFailureException InWords(string problem, Exception cause) => new(cause, problem);
}
