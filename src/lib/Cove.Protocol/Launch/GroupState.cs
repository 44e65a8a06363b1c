namespace Cove.Protocol.Launch;

/// <summary>What is known of a group on this host: the file <c>state.json</c> in its folder, replaced as a whole at each change.</summary>
public sealed record GroupState
{
    /// <summary>The file's name.</summary>
    public const string FileName = "state.json";

    /// <summary>A file that the runtime holds locked while it lives.</summary>
    public const string LockName = "lock";

    /// <summary>The agent's socket.</summary>
    public const string AgentSocketName = "agent.sock";

    /// <summary>The simulated processor's socket.</summary>
    public const string ProcessorSocketName = "processor.sock";

    /// <summary>The folder of container logs, one file <c>NAME.log</c> each.</summary>
    public const string LogsName = "logs";

    /// <summary>The group's name.</summary>
    public required string Group { get; init; }

    /// <summary>What holds it.</summary>
    public required string Isolation { get; init; }

    /// <summary>Whether its evidence comes from a simulated processor.</summary>
    public required bool Simulated { get; init; }

    /// <summary>SHA-256 of the policy, lower-case hex: HOST_DATA.</summary>
    public required string PolicyHash { get; init; }

    /// <summary>Launch digest of the guest, lower-case hex: MEASUREMENT.</summary>
    public required string Measurement { get; init; }

    /// <summary>The runtime's process id.</summary>
    public required int RuntimeProcess { get; init; }

    /// <summary>The agent's process id as the host sees it; null once it is gone.</summary>
    public int? AgentProcess { get; init; }

    /// <summary>From the start of the guest to its agent's first answer.</summary>
    public long ReadyMilliseconds { get; init; }

    /// <summary>Ports of this host that lead into the group, with the numbers that the host chose.</summary>
    public IReadOnlyList<LaunchPort> Ports { get; set; } = [];

    /// <summary>When it was launched.</summary>
    public required DateTimeOffset Launched { get; init; }

    /// <summary>Its containers, in launch order.</summary>
    public required IReadOnlyList<GroupContainer> Containers { get; init; }
}
