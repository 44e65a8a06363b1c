namespace Cove.Protocol.Messages;

/// <summary>Starts a created container.</summary>
/// <param name="ContainerId">The container.</param>
public sealed record StartContainerRequest(string ContainerId);
