namespace Cove.Policy.Model;

/// <summary>What happens when a container of a group ends.</summary>
public enum RestartPolicy
{
    /// <summary>It is started again, whatever its exit code.</summary>
    Always,

    /// <summary>It is started again after a failure.</summary>
    OnFailure,

    /// <summary>It stays ended.</summary>
    Never,
}

/// <summary>An environment variable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; null where any value is approved because nobody gave one.</param>
public sealed record EnvironmentVariable(string Name, TemplateText? Value)
{
    /// <summary>For descriptions that may give a regular expression (RE2) in place of a value.</summary>
    public bool IsPattern { get; init; }
}

/// <summary>A volume where a container sees it.</summary>
/// <param name="Name">The volume's name in the group.</param>
/// <param name="MountPath">Absolute path in the container.</param>
/// <param name="ReadOnly">Whether the container may not write.</param>
public sealed record VolumeMount(string Name, string MountPath, bool ReadOnly);

/// <summary>A port.</summary>
/// <param name="Port">1 to 65535.</param>
/// <param name="Protocol"><c>TCP</c> or <c>UDP</c>.</param>
public sealed record GroupPort(int Port, string Protocol)
{
    /// <summary>The port of the host that leads to it; null for one that the host chooses.</summary>
    public int? HostPort { get; init; }

    /// <summary>The host's address that it is published on; null for the host's localhost.</summary>
    public string? HostAddress { get; init; }
}

/// <summary>What a container asks for.</summary>
/// <param name="Cpu">Cores.</param>
/// <param name="MemoryInGB">Gigabytes of memory.</param>
public sealed record ResourceRequests(decimal? Cpu = null, decimal? MemoryInGB = null);

/// <summary>User, privilege, capabilities and system call filter of a container.</summary>
public sealed record SecurityContext
{
    /// <summary>Every capability, and devices.</summary>
    public bool Privileged { get; init; }

    /// <summary>Whether a process may gain more privilege than its parent; false sets <c>no_new_privileges</c>.</summary>
    public bool AllowPrivilegeEscalation { get; init; } = true;

    /// <summary>User id in place of the image's user.</summary>
    public long? RunAsUser { get; init; }

    /// <summary>Group id in place of the image's group.</summary>
    public long? RunAsGroup { get; init; }

    /// <summary>Capabilities beyond the default set.</summary>
    public IReadOnlyList<string> AddCapabilities { get; init; } = [];

    /// <summary>Capabilities taken from the default set.</summary>
    public IReadOnlyList<string> DropCapabilities { get; init; } = [];

    /// <summary>Base64 of a seccomp profile in JSON; null for none.</summary>
    public string? SeccompProfile { get; init; }
}

/// <summary>A question that the runtime asks a container.</summary>
public sealed record Probe
{
    /// <summary>The command to run in the container; null for an HTTP probe.</summary>
    public IReadOnlyList<string>? ExecCommand { get; init; }

    /// <summary>The request to send; null for a command probe.</summary>
    public HttpGet? HttpGet { get; init; }

    /// <summary>Seconds before the first one.</summary>
    public int InitialDelaySeconds { get; init; }

    /// <summary>Seconds between two.</summary>
    public int PeriodSeconds { get; init; } = 10;

    /// <summary>Failures in a row that count.</summary>
    public int FailureThreshold { get; init; } = 3;

    /// <summary>Successes in a row that count.</summary>
    public int SuccessThreshold { get; init; } = 1;

    /// <summary>Seconds until one counts as failed.</summary>
    public int TimeoutSeconds { get; init; } = 1;
}

/// <summary>The request of an HTTP probe.</summary>
/// <param name="Path">The path asked for.</param>
/// <param name="Port">On localhost of the group.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
public sealed record HttpGet(string Path, int Port, string Scheme);
