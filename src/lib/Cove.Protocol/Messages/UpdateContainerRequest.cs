namespace Cove.Protocol.Messages;

/// <summary>Gives a container other limits, of the kind that it could have been made with.</summary>
/// <param name="ContainerId">The container.</param>
/// <param name="Resources">All its limits from now on.</param>
public sealed record UpdateContainerRequest(string ContainerId, ContainerResources Resources);
