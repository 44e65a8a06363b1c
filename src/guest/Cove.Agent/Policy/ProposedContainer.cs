using Cove.Agent.Containers;
using Cove.Protocol.Messages;

namespace Cove.Agent.Policy;

/// <summary>A container as the policy is asked about it: everything resolved, nothing decided.</summary>
/// <param name="ContainerId">64 hex digits.</param>
/// <param name="SandboxId">64 hex digits.</param>
/// <param name="Process">Its first process.</param>
/// <param name="Mounts">Sources as policies write them, with the sandbox's folder in place of <c>sandbox://</c>.</param>
/// <param name="Privileged">Whether it would be elevated.</param>
/// <param name="SeccompSha256">Lower-case hex of the profile's SHA-256; empty for none.</param>
/// <param name="IsSandbox">Whether it would be the pod's own container.</param>
/// <param name="Devices">Paths of devices of the host that it asks for.</param>
internal sealed record ProposedContainer(
    string ContainerId,
    string SandboxId,
    ProcessSpec Process,
    IReadOnlyList<ContainerMount> Mounts,
    bool Privileged,
    string SeccompSha256,
    bool IsSandbox,
    IReadOnlyList<string> Devices);
