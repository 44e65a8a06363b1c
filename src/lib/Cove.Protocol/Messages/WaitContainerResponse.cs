namespace Cove.Protocol.Messages;

/// <summary>How a container ended.</summary>
/// <param name="ExitCode">Its exit code, or 128 plus the signal that ended it.</param>
/// <param name="Restarts">How often the guest had started it again.</param>
public sealed record WaitContainerResponse(int ExitCode, int Restarts);
