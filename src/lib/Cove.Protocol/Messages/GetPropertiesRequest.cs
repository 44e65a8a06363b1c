namespace Cove.Protocol.Messages;

/// <summary>Asks for the state of the group's containers, where the policy allows it.</summary>
public sealed record GetPropertiesRequest;
