using Cove.Outcomes;
using Cove.Protocol.Messages;

namespace Cove.Agent.Sandboxes;

/// <summary>
/// Mount sources in their three forms: as the host writes them (<c>sandbox://…</c>), as the policy is asked about them (below
/// <c>/run/gcs/c/SANDBOX/sandboxMounts</c>), and where they really are (container-policy §4.5).
/// </summary>
internal static class MountSources
{
    private const string SandboxPrefix = "sandbox://";

    /// <summary>What the policy is asked about.</summary>
    public static ContainerMount ForPolicy(ContainerMount mount, string sandboxId) => mount with { Source = Translate(mount.Source, sandboxId) };

    /// <summary>
    /// What runc mounts: a whole volume of this group, or a kernel file system. Never a folder inside a volume: a container can put a link
    /// there, which would be followed in the guest's own file system.
    /// </summary>
    /// <exception cref="GuestFailedException">The source is neither.</exception>
    public static ContainerMount ForRuntime(ContainerMount decided, Sandbox sandbox)
    {
        if (sandbox.Volume(decided.Source) is { } real) return decided with { Source = real };
        var kernel = decided.Type is "proc" or "sysfs" or "tmpfs" or "mqueue" or "devpts" or "cgroup" or "cgroup2";
        return kernel && !decided.Options.Any(option => option is "bind" or "rbind")
            ? decided
            : throw new GuestFailedException("volume-unknown", $"the source of {decided.Destination} is no volume of this group: create the volume first");
    }

    private static string Translate(string source, string sandboxId)
    {
        if (!source.StartsWith(SandboxPrefix, StringComparison.Ordinal)) return source;
        var inside = source[SandboxPrefix.Length..];
        if (!inside.StartsWith('/')) inside = "/" + inside;
        if (inside.Split('/').Any(part => part is "." or ".."))
            throw new MalformedException("mount", "source", "leaves the sandbox's folder");
        return GuestPaths.SandboxMounts(sandboxId) + inside;
    }
}
