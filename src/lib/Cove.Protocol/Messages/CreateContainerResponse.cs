namespace Cove.Protocol.Messages;

/// <summary>The container is made, not yet started.</summary>
/// <param name="StdioAllowed">Whether the policy lets its output leave the guest.</param>
/// <param name="DroppedEnv">Names of variables that the policy let through no further.</param>
public sealed record CreateContainerResponse(bool StdioAllowed, IReadOnlyList<string> DroppedEnv);
