namespace Cove.Protocol.Messages;

/// <summary>What anyone may know of a guest.</summary>
/// <param name="Version">The agent's version.</param>
/// <param name="PolicySet">Whether a policy was set: before that, every other call but <see cref="GuestCalls.SetPolicy"/> is denied.</param>
public sealed record PingResponse(string Version, bool PolicySet);
