namespace Cove.Protocol.Messages;

/// <summary>Asks whether the guest is there. Answered behind the closed door too.</summary>
public sealed record PingRequest;
