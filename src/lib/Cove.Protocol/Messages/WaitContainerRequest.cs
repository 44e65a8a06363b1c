namespace Cove.Protocol.Messages;

/// <summary>Answered when a container has ended and will not be started again; at once if it already has.</summary>
/// <param name="ContainerId">The container.</param>
public sealed record WaitContainerRequest(string ContainerId);
