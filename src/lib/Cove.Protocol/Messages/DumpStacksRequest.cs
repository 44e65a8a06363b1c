namespace Cove.Protocol.Messages;

/// <summary>Asks what the agent's threads are doing, where the policy allows it.</summary>
public sealed record DumpStacksRequest;
