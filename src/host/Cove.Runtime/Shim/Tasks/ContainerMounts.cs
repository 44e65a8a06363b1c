using Cove.Protocol.Messages;

namespace Cove.Runtime.Shim.Tasks;

/// <summary>Which of a bundle's mounts a guest is asked for.</summary>
internal static class ContainerMounts
{
    // What every guest gives its containers by itself, from inside: a host's version of it has no place there.
    private static readonly HashSet<string> GuestsOwn = new(StringComparer.Ordinal)
    {
        "/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys", "/run", "/sys/fs/cgroup", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/termination-log",
    };

    public static bool IsAsked(ContainerMount mount) => !GuestsOwn.Contains(mount.Destination);
}
