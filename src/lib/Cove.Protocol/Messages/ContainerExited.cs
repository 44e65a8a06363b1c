namespace Cove.Protocol.Messages;

/// <summary>A notification: a container's first process ended.</summary>
/// <param name="ContainerId">The container.</param>
/// <param name="ExitCode">Its exit code, or 128 plus the signal that ended it.</param>
/// <param name="Restarts">How often the guest had started it again before.</param>
/// <param name="WillRestart">Whether the guest starts it again.</param>
public sealed record ContainerExited(string ContainerId, int ExitCode, int Restarts, bool WillRestart);
