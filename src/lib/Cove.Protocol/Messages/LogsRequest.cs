namespace Cove.Protocol.Messages;

/// <summary>Streams what a container has printed, as far as the guest still holds it. Denied where the policy keeps its output inside.</summary>
/// <param name="ContainerId">The container.</param>
/// <param name="Follow">Whether to go on until the container has ended for good.</param>
public sealed record LogsRequest(string ContainerId, bool Follow = false);
