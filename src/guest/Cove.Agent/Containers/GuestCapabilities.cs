using System.Globalization;
using Cove.Protocol.Messages;

namespace Cove.Agent.Containers;

/// <summary>
/// The capabilities that this guest itself has. A policy can allow a container more than that, as a privileged one is allowed all; it then gets what there is,
/// where the kernel would otherwise refuse to start it.
/// </summary>
internal static class GuestCapabilities
{
    private const string Line = "CapBnd:";

    /// <summary>In the order of linux/capability.h.</summary>
    private static readonly string[] Names =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
        "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER",
        "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
        "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP",
        "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG", "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF",
        "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>Those of this process.</summary>
    public static IReadOnlySet<string> OfThisProcess() => Read(File.ReadLines("/proc/self/status"));

    /// <summary>Reads the lines of a <c>/proc/PID/status</c>.</summary>
    public static IReadOnlySet<string> Read(IEnumerable<string> status)
    {
        var bits = ulong.Parse(status.First(line => line.StartsWith(Line, StringComparison.Ordinal)).AsSpan(Line.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return Names.Where((_, index) => (bits & (1UL << index)) != 0).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>What of these sets the guest can give.</summary>
    public static ProcessCapabilities Limit(ProcessCapabilities wanted, IReadOnlySet<string> available) => new(
        [.. wanted.Bounding.Where(available.Contains)],
        [.. wanted.Effective.Where(available.Contains)],
        [.. wanted.Inheritable.Where(available.Contains)],
        [.. wanted.Permitted.Where(available.Contains)],
        [.. wanted.Ambient.Where(available.Contains)]);
}
