namespace Cove.Protocol.Messages;

/// <summary>The policy is in force.</summary>
/// <param name="HostData">SHA-256 of the policy, as the report has it: 64 lower-case hex digits.</param>
/// <param name="RuntimeLogging">Whether the policy lets the agent write its own log.</param>
public sealed record SetPolicyResponse(string HostData, bool RuntimeLogging);
