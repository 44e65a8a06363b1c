namespace Cove.Protocol.Messages;

/// <summary>The group's containers.</summary>
/// <param name="Containers">In the order they were made.</param>
public sealed record GetPropertiesResponse(IReadOnlyList<ContainerProperties> Containers);
