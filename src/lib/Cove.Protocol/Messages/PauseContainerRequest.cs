namespace Cove.Protocol.Messages;

/// <summary>Stops every process of a running container where it is. For what may be done to it the policy's word is signal 19 (SIGSTOP).</summary>
/// <param name="ContainerId">The container.</param>
public sealed record PauseContainerRequest(string ContainerId);
