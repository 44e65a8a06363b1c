namespace Cove.Policy.Model;

/// <summary>The five capability sets of a process, each a list of names such as <c>CAP_CHOWN</c>.</summary>
public sealed record CapabilitySets(
    IReadOnlyList<string> Ambient,
    IReadOnlyList<string> Bounding,
    IReadOnlyList<string> Effective,
    IReadOnlyList<string> Inheritable,
    IReadOnlyList<string> Permitted)
{
    private static readonly string[] UnprivilegedNames =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE",
    ];

    private static readonly string[] PrivilegedNames =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
        "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER",
        "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
        "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP",
        "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF",
        "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>What a container gets that asks for nothing: 14 capabilities, none inheritable or ambient (spec §2.1).</summary>
    public static CapabilitySets Unprivileged { get; } = new([], UnprivilegedNames, UnprivilegedNames, [], UnprivilegedNames);

    /// <summary>What a privileged container gets: 41 capabilities, inheritable too, none ambient (spec §2.1).</summary>
    public static CapabilitySets Privileged { get; } = new([], PrivilegedNames, PrivilegedNames, PrivilegedNames, PrivilegedNames);

    /// <summary>The sets by their names in a policy, in alphabetical order.</summary>
    public IEnumerable<(string Name, IReadOnlyList<string> Members)> Named =>
        [("ambient", Ambient), ("bounding", Bounding), ("effective", Effective), ("inheritable", Inheritable), ("permitted", Permitted)];

    /// <summary>Every set changed alike.</summary>
    internal CapabilitySets Select(Func<IReadOnlyList<string>, IReadOnlyList<string>> change) =>
        new(change(Ambient), change(Bounding), change(Effective), change(Inheritable), change(Permitted));
}
