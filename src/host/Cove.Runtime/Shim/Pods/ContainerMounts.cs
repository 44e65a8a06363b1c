using Cove.Protocol.Messages;

namespace Cove.Runtime.Shim.Pods;

/// <summary>What a guest is asked for in place of a bundle's mounts.</summary>
internal static class ContainerMounts
{
    // What every guest gives its containers by itself, from inside: a host's version of it has no place there.
    private static readonly HashSet<string> GuestsOwn = new(StringComparer.Ordinal)
    {
        "/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys", "/run", "/sys/fs/cgroup", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/termination-log",
    };

    /// <summary>Makes the volumes that the mounts need, and names them as policies do.</summary>
    public static async Task<IReadOnlyList<ContainerMount>> AskAsync(PodGuest guest, IReadOnlyList<ContainerMount> mounts, CancellationToken cancellation)
    {
        var asked = new List<ContainerMount>();
        foreach (var mount in mounts.Where(mount => !GuestsOwn.Contains(mount.Destination)))
        {
            var bind = mount.Type == "bind" || mount.Options.Any(option => option is "bind" or "rbind");
            asked.Add(!bind ? mount : mount with
            {
                Source = await guest.VolumeAsync(KubeletVolume.Of(mount), cancellation),
                Type = "bind",
                Options = ["rbind", "rshared", mount.Options.Contains("ro") ? "ro" : "rw"],
            });
        }

        return asked;
    }
}
