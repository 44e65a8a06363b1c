using Cove.Protocol.Messages;

namespace Cove.Agent.Containers;

/// <summary>A container as the policy decided it, with what the guest itself adds.</summary>
/// <param name="Id">64 hex digits.</param>
/// <param name="Process">Its first process.</param>
/// <param name="Rootfs">Where its root file system is mounted in the guest.</param>
/// <param name="Mounts">The decided mounts, sources as paths in the guest, and the guest's own.</param>
/// <param name="Hostname">The sandbox's.</param>
/// <param name="Privileged">Whether it is elevated.</param>
/// <param name="Seccomp">The OCI seccomp profile's JSON, whose hash the policy named; null for none.</param>
/// <param name="StdioAllowed">Whether its output may leave the guest, and its input come in.</param>
/// <param name="Input">Whether its first process has an input.</param>
/// <param name="Restart">When it is started again.</param>
/// <param name="Resources">Its limits.</param>
/// <param name="Cgroup">Its control group's path.</param>
internal sealed record ContainerSpec(
    string Id,
    ProcessSpec Process,
    string Rootfs,
    IReadOnlyList<ContainerMount> Mounts,
    string Hostname,
    bool Privileged,
    string? Seccomp,
    bool StdioAllowed,
    bool Input,
    RestartPolicy Restart,
    ContainerResources Resources,
    string Cgroup);
