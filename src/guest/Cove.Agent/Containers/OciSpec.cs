using System.Buffers;
using System.Text.Json;
using Cove.Protocol.Messages;

namespace Cove.Agent.Containers;

/// <summary>
/// The OCI runtime spec of a decided container. The host never writes a word of it: namespaces, devices, hooks and paths are the guest's.
/// There is no network namespace entry, so that every container of the group has the agent's.
/// </summary>
internal static class OciSpec
{
    /// <summary>Microseconds in which a limit of processor time is counted.</summary>
    public const long CpuPeriod = 100_000;

    /// <summary>
    /// Part of every container: the default mounts of the policy framework (container-policy §2.1) but for <c>/run</c>, which images fill themselves.
    /// </summary>
    private static readonly ContainerMount[] DefaultMounts =
    [
        new("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
        new("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        new("/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
        new("/dev/shm", "shm", "tmpfs", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
        new("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
        new("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
        new("/sys/fs/cgroup", "cgroup", "cgroup", ["nosuid", "noexec", "nodev", "relatime", "ro"]),
    ];

    private static readonly string[] MaskedPaths =
    [
        "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
        "/proc/sched_debug", "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] ReadOnlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    /// <summary>Character devices any container may use: null, zero, full, random, urandom, tty, console, ptmx and the pts slaves.</summary>
    private static readonly (long Major, long? Minor)[] Devices =
        [(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 1), (5, 2), (136, null)];

    public static byte[] Write(ContainerSpec container) => Build(json =>
    {
        json.WriteStartObject();
        json.WriteString("ociVersion", "1.0.2");
        WriteProcess(json, "process", container.Process);
        json.WriteStartObject("root");
        json.WriteString("path", container.Rootfs);
        json.WriteEndObject();
        json.WriteString("hostname", container.Hostname);
        WriteMounts(json, container);
        json.WriteStartObject("linux");
        WriteNamespaces(json);

        // What a privileged container mounts inside a shared volume is seen by the others; runc cuts that off unless it is told not to.
        if (container.Privileged && container.Mounts.Any(mount => mount.Options.Contains("rshared"))) json.WriteString("rootfsPropagation", "rshared");
        json.WriteString("cgroupsPath", container.Cgroup);
        WriteResources(json, container);
        Strings(json, "maskedPaths", container.Privileged ? [] : MaskedPaths);
        Strings(json, "readonlyPaths", container.Privileged ? [] : ReadOnlyPaths);
        if (container.Seccomp is { } seccomp)
        {
            json.WritePropertyName("seccomp");
            json.WriteRawValue(seccomp);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>The <c>process</c> object alone, as <c>runc exec --process</c> takes it.</summary>
    public static byte[] Write(ProcessSpec process) => Build(json => WriteProcess(json, null, process));

    private static byte[] Build(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(8192);
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteProcess(Utf8JsonWriter json, string? name, ProcessSpec process)
    {
        if (name is null) json.WriteStartObject();
        else json.WriteStartObject(name);
        json.WriteBoolean("terminal", process.Terminal);
        json.WriteStartObject("user");
        json.WriteNumber("uid", process.User.Uid);
        json.WriteNumber("gid", process.User.Gid);
        json.WriteNumber("umask", Convert.ToInt32(process.Umask, 8));
        json.WriteStartArray("additionalGids");
        foreach (var group in process.User.Groups.Skip(1)) json.WriteNumberValue(group.Gid);
        json.WriteEndArray();
        json.WriteEndObject();
        Strings(json, "args", process.Args);
        Strings(json, "env", process.Env);
        json.WriteString("cwd", process.WorkingDirectory);
        json.WriteStartObject("capabilities");
        Strings(json, "bounding", process.Capabilities.Bounding);
        Strings(json, "effective", process.Capabilities.Effective);
        Strings(json, "inheritable", process.Capabilities.Inheritable);
        Strings(json, "permitted", process.Capabilities.Permitted);
        Strings(json, "ambient", process.Capabilities.Ambient);
        json.WriteEndObject();
        json.WriteBoolean("noNewPrivileges", process.NoNewPrivileges);
        json.WriteEndObject();
    }

    private static void WriteMounts(Utf8JsonWriter json, ContainerSpec container)
    {
        var asked = container.Mounts.Select(mount => mount.Destination).ToHashSet(StringComparer.Ordinal);
        json.WriteStartArray("mounts");
        foreach (var mount in DefaultMounts.Where(mount => !asked.Contains(mount.Destination)).Concat(container.Mounts))
        {
            json.WriteStartObject();
            json.WriteString("destination", mount.Destination);
            json.WriteString("type", mount.Type);
            json.WriteString("source", mount.Source);
            Strings(json, "options", mount.Options);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteNamespaces(Utf8JsonWriter json)
    {
        json.WriteStartArray("namespaces");
        foreach (var type in (string[])["pid", "ipc", "uts", "mount"])
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteResources(Utf8JsonWriter json, ContainerSpec container)
    {
        json.WriteStartObject("resources");
        json.WriteStartArray("devices");
        WriteDevice(json, container.Privileged, null, null, null);
        if (!container.Privileged)
        {
            foreach (var (major, minor) in Devices) WriteDevice(json, true, "c", major, minor);
        }

        json.WriteEndArray();
        if (container.Resources.MemoryBytes > 0)
        {
            json.WriteStartObject("memory");
            json.WriteNumber("limit", container.Resources.MemoryBytes);
            json.WriteEndObject();
        }

        if (container.Resources.Cpus > 0)
        {
            json.WriteStartObject("cpu");
            json.WriteNumber("quota", (long)(container.Resources.Cpus * CpuPeriod));
            json.WriteNumber("period", CpuPeriod);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteDevice(Utf8JsonWriter json, bool allow, string? type, long? major, long? minor)
    {
        json.WriteStartObject();
        json.WriteBoolean("allow", allow);
        if (type is not null) json.WriteString("type", type);
        if (major is not null) json.WriteNumber("major", major.Value);
        if (minor is not null) json.WriteNumber("minor", minor.Value);
        json.WriteString("access", "rwm");
        json.WriteEndObject();
    }

    private static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
