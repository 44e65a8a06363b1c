namespace Cove.Protocol.Messages;

/// <summary>What the agent's threads are doing.</summary>
/// <param name="Text">One paragraph a thread: name, state and kernel stack.</param>
public sealed record DumpStacksResponse(string Text);
