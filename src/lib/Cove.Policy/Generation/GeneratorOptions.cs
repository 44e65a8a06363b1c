using Cove.Policy.Model;

namespace Cove.Policy.Generation;

/// <summary>How a policy is generated; the names of the options of <c>az confcom acipolicygen</c> stand in parentheses (spec §6.2).</summary>
public sealed record GeneratorOptions
{
    /// <summary>Shells may be run in every container, stacks dumped, the guest's log read (<c>--debug-mode</c>). Not for secrets.</summary>
    public bool DebugMode { get; init; }

    /// <summary>The host sees no container's standard input and output (<c>--disable-stdio</c>).</summary>
    public bool DisableStdio { get; init; }

    /// <summary>The lowest security version of the infrastructure fragment (<c>--infrastructure-svn</c>); null for the default.</summary>
    public string? InfrastructureSvn { get; init; }

    /// <summary>No infrastructure fragment (<c>--exclude-default-fragments</c>).</summary>
    public bool ExcludeDefaultFragments { get; init; }

    /// <summary>Further fragments to take in (<c>--include-fragments --fragments-json</c>).</summary>
    public IReadOnlyList<FragmentImport> Fragments { get; init; } = [];

    /// <summary>What those fragments declare: a container that one of theirs covers, by image or name, is left out of the policy (spec §6.8).</summary>
    public IReadOnlyList<PolicyContainer> FragmentContainers { get; init; } = [];

    /// <summary>Containers without the image reference (<c>--omit-id</c>).</summary>
    public bool OmitId { get; init; }

    /// <summary>Containers written with indentation (<c>--outraw-pretty-print</c>).</summary>
    public bool Indented { get; init; }

    /// <summary>Ready container definitions, appended last (<c>--with-containers</c>).</summary>
    public IReadOnlyList<PolicyContainer> Containers { get; init; } = [];

    /// <summary>Whether the pause container of ACI's pods is appended. It harms nothing where no pause container runs.</summary>
    public bool IncludePauseContainer { get; init; } = true;

    /// <summary>Which published form of the text is written.</summary>
    public PolicyForm Form { get; init; } = PolicyForm.Api0_10;
}

/// <summary>A published form of the generated text. Each is fixed to the byte, so that its hash can be compared.</summary>
public enum PolicyForm
{
    /// <summary>api 0.10.0, framework 0.2.3: what <c>az confcom</c> writes up to 2.0.1.</summary>
    Api0_10,

    /// <summary>api 0.11.0, framework 0.2.3: signals 9 and 15 written out, <c>rw_mount_device</c> bound, equal probes once.</summary>
    Api0_11,

    /// <summary>api 0.12.0, framework 0.5.0: as 0.11.0, and <c>allow_host_network</c> said, its point and that of trust lists bound.</summary>
    Api0_12,
}
