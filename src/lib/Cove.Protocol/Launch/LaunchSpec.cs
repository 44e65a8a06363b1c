namespace Cove.Protocol.Launch;

/// <summary>
/// What the command line asks the host's runtime to run: one container group, complete. It goes to the runtime's standard input,
/// because it may hold secrets, and the runtime answers with one <see cref="LaunchEvent"/> a line on standard output.
/// </summary>
public sealed record LaunchSpec
{
    /// <summary>A network that is nothing but the group's own localhost.</summary>
    public const string NoNetwork = "none";

    /// <summary>A network from which connections are opened to what is outside, in the host's name.</summary>
    public const string Nat = "nat";

    /// <summary>The group's name: lower-case letters, digits and hyphens, at most 63.</summary>
    public required string Group { get; init; }

    /// <summary>What holds the group: <c>process</c>, <c>vm</c> or <c>snp</c>.</summary>
    public required string Isolation { get; init; }

    /// <summary>The machine that holds it; null for a process.</summary>
    public LaunchMachine? Machine { get; init; }

    /// <summary>The CCE policy, standard base64 of the Rego text. Its SHA-256 becomes HOST_DATA.</summary>
    public required string Policy { get; init; }

    /// <summary>Signed statements that are handed to the guest after the policy, in this order.</summary>
    public IReadOnlyList<LaunchFragment>? Fragments { get; init; }

    /// <summary>Init containers first, each in the order of the template.</summary>
    public required IReadOnlyList<LaunchContainer> Containers { get; init; }

    /// <summary>The volumes that containers mount.</summary>
    public required IReadOnlyList<LaunchVolume> Volumes { get; init; }

    /// <summary>Whether and when a container that ended is started again.</summary>
    public required Messages.RestartPolicy Restart { get; init; }

    /// <summary>The group ends when these containers have; empty means when all have. The others are then stopped.</summary>
    public IReadOnlyList<string> Until { get; init; } = [];

    /// <summary>TCP ports of the host's localhost that the group finds at the same port of its own.</summary>
    public IReadOnlyList<int> HostPorts { get; init; } = [];

    /// <summary>Ports of this host that lead into the group.</summary>
    public IReadOnlyList<LaunchPort> Ports { get; set; } = [];

    /// <summary>What the group reaches beside what the host carries for it: <see cref="NoNetwork"/> or <see cref="Nat"/>.</summary>
    public string Network { get; set; } = NoNetwork;

    /// <summary>The group's managed identity.</summary>
    public required LaunchIdentity Identity { get; init; }

    /// <summary>Where the runtime finds and keeps things.</summary>
    public required LaunchFolders Folders { get; init; }
}
