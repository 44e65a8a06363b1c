using Cove.Policy.Model;

namespace Cove.Policy.Enforcement;

/// <summary>A user or group of a process, as the guest resolved it in the container's own files.</summary>
/// <param name="Id">The number, in decimal.</param>
/// <param name="Name">The name; empty where the number has none.</param>
public sealed record Identity(string Id, string Name);

/// <summary>A process that is to run in a container.</summary>
public sealed record ProcessRequest
{
    /// <summary>The whole command line.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Environment as <c>NAME=VALUE</c>. Values never appear in a denial.</summary>
    public required IReadOnlyList<string> Environment { get; init; }

    /// <summary>The working directory.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Who runs it.</summary>
    public required Identity User { get; init; }

    /// <summary>Its groups, the primary one first.</summary>
    public IReadOnlyList<Identity> Groups { get; init; } = [];

    /// <summary>Four octal digits.</summary>
    public string Umask { get; init; } = "0022";

    /// <summary>Its capabilities.</summary>
    public CapabilitySets Capabilities { get; init; } = CapabilitySets.Unprivileged;

    /// <summary>Whether it runs without ways to gain privilege.</summary>
    public bool NoNewPrivileges { get; init; }
}

/// <summary>A container that is to be created, everything resolved (spec §2.4).</summary>
public sealed record CreateContainerRequest
{
    /// <summary>64 hexadecimal digits.</summary>
    public required string ContainerId { get; init; }

    /// <summary>Its first process.</summary>
    public required ProcessRequest Process { get; init; }

    /// <summary>The directory that <c>sandbox://</c> stands for.</summary>
    public required string SandboxDirectory { get; init; }

    /// <summary>The directory that <c>hugepages://</c> stands for.</summary>
    public required string HugePagesDirectory { get; init; }

    /// <summary>Every mount of the container.</summary>
    public IReadOnlyList<PolicyMount> Mounts { get; init; } = [];

    /// <summary>Devices that the host asks for, by path. No policy can allow one.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Whether it would run privileged.</summary>
    public bool Privileged { get; init; }

    /// <summary>SHA-256 of its seccomp profile, lower-case hexadecimal; empty for none. See <see cref="Generation.SeccompDigest"/>.</summary>
    public string SeccompProfileSha256 { get; init; } = "";

    /// <summary>Whether it is the pod's own sandbox container.</summary>
    public bool IsSandboxContainer { get; init; }
}

/// <summary>A signal that is to be sent to a process of a container.</summary>
/// <param name="ContainerId">The container.</param>
/// <param name="Signal">The signal's number.</param>
/// <param name="IsInitProcess">Whether it goes to the container's first process.</param>
/// <param name="Command">The command line that the process was started with.</param>
public sealed record SignalRequest(string ContainerId, int Signal, bool IsInitProcess, IReadOnlyList<string> Command);

/// <summary>A writable device that is to be mounted.</summary>
/// <param name="Target">Where.</param>
/// <param name="Encrypted">Whether it is encrypted with a key that only the guest has.</param>
/// <param name="EnsureFilesystem">Whether the guest makes the file system itself.</param>
/// <param name="Filesystem">Its type.</param>
/// <param name="PathPattern">The pattern that the target must have, a regular expression over the whole.</param>
public sealed record WritableDeviceRequest(string Target, bool Encrypted, bool EnsureFilesystem, string Filesystem, string PathPattern = "/run/gcs/c/[0-9a-fA-F]{64}");
