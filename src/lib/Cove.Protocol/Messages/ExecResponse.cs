namespace Cove.Protocol.Messages;

/// <summary>The process ended.</summary>
/// <param name="ExitCode">Its exit code, or 128 plus the signal that ended it.</param>
/// <param name="StdioAllowed">False where the policy keeps its output inside: nothing was streamed.</param>
public sealed record ExecResponse(int ExitCode, bool StdioAllowed);
