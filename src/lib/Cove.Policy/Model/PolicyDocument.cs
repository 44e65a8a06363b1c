namespace Cove.Policy.Model;

/// <summary>A policy as data: what a framework policy declares, without its rules (spec §1.5).</summary>
public sealed record PolicyDocument
{
    /// <summary>The guest interface that it is written for.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>The framework that it is written for.</summary>
    public string? FrameworkVersion { get; init; }

    /// <summary>Fragments that it takes in.</summary>
    public IReadOnlyList<FragmentImport> Fragments { get; init; } = [];

    /// <summary>Its containers.</summary>
    public IReadOnlyList<PolicyContainer> Containers { get; init; } = [];

    /// <summary>Processes that may run beside the containers.</summary>
    public IReadOnlyList<ExternalProcess> ExternalProcesses { get; init; } = [];

    /// <summary>Its flags.</summary>
    public PolicyFlags Flags { get; init; } = new();
}

/// <summary>The flags of a policy. Absent is false.</summary>
public sealed record PolicyFlags
{
    /// <summary>The host may ask for process lists and statistics.</summary>
    public bool AllowPropertiesAccess { get; init; }

    /// <summary>The host may have the guest's stacks dumped.</summary>
    public bool AllowDumpStacks { get; init; }

    /// <summary>The guest's log reaches the host.</summary>
    public bool AllowRuntimeLogging { get; init; }

    /// <summary>Variables that no rule knows fall away instead of refusing the container.</summary>
    public bool AllowEnvironmentVariableDropping { get; init; }

    /// <summary>Scratch space need not be encrypted.</summary>
    public bool AllowUnencryptedScratch { get; init; }

    /// <summary>Capabilities beyond the allowed ones fall away instead of refusing the container.</summary>
    public bool AllowCapabilityDropping { get; init; }

    /// <summary>Containers may use the guest's own network.</summary>
    public bool AllowHostNetwork { get; init; }
}
