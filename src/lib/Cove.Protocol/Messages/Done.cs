namespace Cove.Protocol.Messages;

/// <summary>The answer of a call that has nothing to say but that it was done.</summary>
public sealed record Done;
