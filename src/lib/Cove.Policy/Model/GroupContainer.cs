namespace Cove.Policy.Model;

/// <summary>One container of a group.</summary>
public sealed record GroupContainer
{
    /// <summary>Its name within the group.</summary>
    public required string Name { get; init; }

    /// <summary>The image reference as written.</summary>
    public required string Image { get; init; }

    /// <summary>Whether it is one of the group's init containers.</summary>
    public bool IsInit { get; init; }

    /// <summary>The whole command line; null where the image's entry point and arguments hold.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>What takes the place of the image's entry point, where the description tells it from the arguments (Kubernetes, Compose).</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>What takes the place of the image's default arguments, likewise.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>Environment variables, in template order.</summary>
    public IReadOnlyList<EnvironmentVariable> Environment { get; init; } = [];

    /// <summary>Where volumes appear in it.</summary>
    public IReadOnlyList<VolumeMount> VolumeMounts { get; init; } = [];

    /// <summary>Ports it listens on.</summary>
    public IReadOnlyList<GroupPort> Ports { get; init; } = [];

    /// <summary>What it asks for.</summary>
    public ResourceRequests Resources { get; init; } = new();

    /// <summary>User, privilege, capabilities and system call filter.</summary>
    public SecurityContext SecurityContext { get; init; } = new();

    /// <summary>Asked while it runs; a failure restarts it.</summary>
    public Probe? LivenessProbe { get; init; }

    /// <summary>Asked until it is ready.</summary>
    public Probe? ReadinessProbe { get; init; }

    /// <summary>Commands that may be run in it, where the description can name them (JSON descriptions; ARM only has probes).</summary>
    public IReadOnlyList<ExecProcess> ExecProcesses { get; init; } = [];

    /// <summary>The working directory, where the description can name one (JSON descriptions; ARM cannot).</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Whether it has a config map, which appears as a writable directory at <c>/mnt/configmap</c>.</summary>
    public bool HasConfigMap { get; init; }

    /// <summary>The whole command line that it runs of an image; null where neither names one.</summary>
    public IReadOnlyList<string>? CommandFor(ImageFacts image)
    {
        if (Command is { Count: > 0 }) return Command;
        if (Entrypoint is { Count: > 0 }) return [.. Entrypoint, .. Arguments ?? []];
        if (Arguments is { Count: > 0 }) return [.. image.Entrypoint ?? [], .. Arguments];
        return image.Entrypoint is null && image.Cmd is null ? null : [.. image.Entrypoint ?? [], .. image.Cmd ?? []];
    }
}
