namespace Cove.Protocol.Messages;

/// <summary>Takes a container's root file system apart. Refused while the container runs.</summary>
/// <param name="ContainerId">The container.</param>
public sealed record UnmountOverlayRequest(string ContainerId);
