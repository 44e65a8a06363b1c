using Cove.Protocol.Messages;

namespace Cove.Agent.Policy;

/// <summary>What the policy let through of a proposed container or exec.</summary>
/// <param name="Env">The variables it lets through, in the order they were proposed.</param>
/// <param name="Capabilities">The capabilities it lets through.</param>
/// <param name="StdioAllowed">Whether output may leave the guest.</param>
internal sealed record ContainerDecision(IReadOnlyList<string> Env, ProcessCapabilities Capabilities, bool StdioAllowed);
