namespace Cove.Policy.Model;

/// <summary>
/// A container group as a template describes it, every expression resolved (ARM <c>Microsoft.ContainerInstance/containerGroups</c>).
/// </summary>
public sealed record ContainerGroup
{
    /// <summary>The resource's name.</summary>
    public required string Name { get; init; }

    /// <summary>The resource's type as written.</summary>
    public required string Type { get; init; }

    /// <summary>The containers, in template order.</summary>
    public required IReadOnlyList<GroupContainer> Containers { get; init; }

    /// <summary>Containers that run to completion, one after another, before the others start.</summary>
    public IReadOnlyList<GroupContainer> InitContainers { get; init; } = [];

    /// <summary>The volumes that containers mount by name.</summary>
    public IReadOnlyList<GroupVolume> Volumes { get; init; } = [];

    /// <summary>What happens when a container ends.</summary>
    public RestartPolicy RestartPolicy { get; init; } = RestartPolicy.Always;

    /// <summary>Ports open to the outside (<c>ipAddress.ports</c>).</summary>
    public IReadOnlyList<GroupPort> Ports { get; init; } = [];

    /// <summary>What runs it.</summary>
    public GroupPlatform Platform { get; init; }

    /// <summary>Whether its containers get tokens of a workload identity (virtual nodes).</summary>
    public bool UsesWorkloadIdentity { get; init; }

    /// <summary>The resource's tags.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The policy that the template already carries: base64, or empty; null where there is none.</summary>
    public string? CcePolicy { get; init; }

    /// <summary>References of fragments that stand on their own (<c>standaloneFragments</c>).</summary>
    public IReadOnlyList<string> StandaloneFragments { get; init; } = [];

    /// <summary>Where the resource stands in the template: member names and element numbers from the root.</summary>
    internal IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>Init containers first, as they run.</summary>
    public IEnumerable<GroupContainer> AllContainers => InitContainers.Concat(Containers);
}
