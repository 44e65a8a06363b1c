using Cove.Policy.Model;
using Cove.Rego.Values;

namespace Cove.Policy.Enforcement;

/// <summary>The facts that every policy is evaluated against (spec §2.1).</summary>
internal static class PolicyData
{
    private static readonly (string Destination, string Type, string Source, string[] Options)[] DefaultMounts =
    [
        ("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
        ("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        ("/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
        ("/dev/shm", "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
        ("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
        ("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
        ("/run", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        ("/sys/fs/cgroup", "cgroup", "cgroup", ["nosuid", "noexec", "nodev", "relatime", "ro"]),
        ("/sys/fs/cgroup", "cgroup2", "cgroup2", ["nosuid", "noexec", "nodev", "relatime", "ro"]),
    ];

    private static readonly (string Destination, string Type, string Source, string[] Options)[] PrivilegedMounts =
    [
        ("/sys/fs/cgroup", "cgroup", "cgroup", ["nosuid", "noexec", "nodev", "relatime", "rw"]),
        ("/sys/fs/cgroup", "cgroup2", "cgroup2", ["nosuid", "noexec", "nodev", "relatime", "rw"]),
        ("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "rw"]),
    ];

    /// <summary>The facts, without metadata.</summary>
    /// <param name="furtherMounts">Mounts that every container may have beyond the fixed ones: those of the guest's networking.</param>
    internal static RegoObject Create(IEnumerable<PolicyMount> furtherMounts) => RegoObject.Of(
        ("defaultMounts", RegoArray.Of([.. DefaultMounts.Select(Mount), .. furtherMounts.Select(mount => Mount((mount.Destination, mount.Type, mount.Source, [.. mount.Options])))])),
        ("privilegedMounts", RegoArray.Of([.. PrivilegedMounts.Select(Mount)])),
        ("sandboxPrefix", RegoValue.Of("sandbox://")),
        ("hugePagesPrefix", RegoValue.Of("hugepages://")),
        ("plan9Prefix", RegoValue.Of("plan9://")),
        ("defaultUnprivilegedCapabilities", ToRego.Texts(CapabilitySets.Unprivileged.Effective)),
        ("defaultPrivilegedCapabilities", ToRego.Texts(CapabilitySets.Privileged.Effective)),
        ("api", RegoObject.Of(("version", RegoValue.Of(EnforcementPoints.ApiVersion.ToString())))));

    private static RegoValue Mount((string Destination, string Type, string Source, string[] Options) mount) => RegoObject.Of(
        ("destination", RegoValue.Of(mount.Destination)),
        ("options", ToRego.Texts(mount.Options)),
        ("source", RegoValue.Of(mount.Source)),
        ("type", RegoValue.Of(mount.Type)));
}
