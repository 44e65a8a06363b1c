namespace Cove.Protocol.Messages;

/// <summary>Paths inside a guest that host and guest must agree on, because policies name them (container-policy §4.2, §4.3).</summary>
public static class GuestPaths
{
    /// <summary>Below it every container and sandbox has a folder.</summary>
    public const string Containers = "/run/gcs/c";

    /// <summary>The highest target of a machine's SCSI controller that a layer can be.</summary>
    public const int MaxLayerDisk = 254;

    /// <summary>The target of the machine's scratch disk, whose unit 0 takes what containers write, encrypted by the guest.</summary>
    public const int ScratchDisk = 255;

    private const string DiskPrefix = "scsi://";

    /// <summary>The mount target of the group's n-th layer.</summary>
    public static string Layer(int index) => $"/run/mounts/scsi/m{index}";

    /// <summary>
    /// What a host names as the image of a layer that it plugged into a machine's SCSI controller: unit 0 of the target has the file system,
    /// unit 1 its hash tree.
    /// </summary>
    public static string LayerDisk(int target) => $"{DiskPrefix}{target.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>Whether a layer's image is such a disk, and which.</summary>
    public static bool IsLayerDisk(string image, out int target)
    {
        ArgumentNullException.ThrowIfNull(image);
        target = 0;
        return image.StartsWith(DiskPrefix, StringComparison.Ordinal)
            && int.TryParse(image.AsSpan(DiskPrefix.Length), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out target)
            && target <= MaxLayerDisk;
    }

    /// <summary>A container's root file system.</summary>
    public static string Rootfs(string containerId) => $"{Containers}/{containerId}/rootfs";

    /// <summary>A container's writable layer.</summary>
    public static string Scratch(string sandboxId, string containerId) => $"{Containers}/{sandboxId}/scratch/{containerId}";

    /// <summary>What <c>sandbox://</c> in a policy's mount source stands for.</summary>
    public static string SandboxMounts(string sandboxId) => $"{Containers}/{sandboxId}/sandboxMounts";

    /// <summary>What <c>hugepages://</c> in a policy's mount source stands for.</summary>
    public static string HugePages(string sandboxId) => $"{Containers}/{sandboxId}/hugepages";
}
