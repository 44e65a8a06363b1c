using Cove.Protocol.Messages;

namespace Cove.Protocol.Launch;

/// <summary>One container of a group, as the host proposes it to the guest.</summary>
public sealed record LaunchContainer
{
    /// <summary>Its name in the template.</summary>
    public required string Name { get; init; }

    /// <summary>It runs to its end before the others start.</summary>
    public bool IsInit { get; init; }

    /// <summary>Files with the layers' ext4 images, base layer first.</summary>
    public required IReadOnlyList<string> Layers { get; init; }

    /// <summary>The whole argv.</summary>
    public required IReadOnlyList<string> Args { get; init; }

    /// <summary><c>NAME=VALUE</c>; values may be secrets.</summary>
    public required IReadOnlyList<string> Env { get; init; }

    /// <summary>Absolute.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary><c>user[:group]</c>; empty is root.</summary>
    public string User { get; init; } = "";

    /// <summary>Which volumes it mounts where.</summary>
    public IReadOnlyList<LaunchMount> Mounts { get; init; } = [];

    /// <summary>The five sets; null asks for the default.</summary>
    public ProcessCapabilities? Capabilities { get; init; }

    /// <summary>Whether its processes can never gain privileges.</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>Whether it is elevated.</summary>
    public bool Privileged { get; init; }

    /// <summary>Compact JSON of an OCI seccomp profile; null for none.</summary>
    public string? SeccompProfile { get; init; }

    /// <summary>Memory limit in bytes; 0 for none.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Processors it may use, e.g. 0.5; 0 for no limit.</summary>
    public double Cpus { get; init; }

    /// <summary>Without environment values.</summary>
    public override string ToString() => $"{Name}: {Args.Count} args, {Env.Count} variables";
}
