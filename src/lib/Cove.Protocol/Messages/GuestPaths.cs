namespace Cove.Protocol.Messages;

/// <summary>Paths inside a guest that host and guest must agree on, because policies name them (container-policy §4.2, §4.3).</summary>
public static class GuestPaths
{
    /// <summary>Below it every container and sandbox has a folder.</summary>
    public const string Containers = "/run/gcs/c";

    /// <summary>The mount target of the group's n-th layer.</summary>
    public static string Layer(int index) => $"/run/mounts/scsi/m{index}";

    /// <summary>A container's root file system.</summary>
    public static string Rootfs(string containerId) => $"{Containers}/{containerId}/rootfs";

    /// <summary>A container's writable layer.</summary>
    public static string Scratch(string sandboxId, string containerId) => $"{Containers}/{sandboxId}/scratch/{containerId}";

    /// <summary>What <c>sandbox://</c> in a policy's mount source stands for.</summary>
    public static string SandboxMounts(string sandboxId) => $"{Containers}/{sandboxId}/sandboxMounts";

    /// <summary>What <c>hugepages://</c> in a policy's mount source stands for.</summary>
    public static string HugePages(string sandboxId) => $"{Containers}/{sandboxId}/hugepages";
}
