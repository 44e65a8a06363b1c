namespace Cove.Protocol.Messages;

/// <summary>Ends a container for good: its stop signal, then, after the grace, SIGKILL.</summary>
/// <param name="ContainerId">The container.</param>
/// <param name="Forced">SIGKILL at once.</param>
/// <param name="GraceSeconds">How long it may take to end by itself; 0 to 600.</param>
public sealed record ShutdownContainerRequest(string ContainerId, bool Forced = false, int GraceSeconds = 10);
