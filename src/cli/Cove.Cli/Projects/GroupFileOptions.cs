using Cove.Policy.Compose;

namespace Cove.Cli.Projects;

/// <summary>How a description of container groups is read.</summary>
internal sealed record GroupFileOptions
{
    /// <summary>The parameter file of an ARM template; null for none.</summary>
    public byte[]? Parameters { get; init; }

    /// <summary>A variable whose value is not known becomes "any value".</summary>
    public bool ApproveWildcards { get; init; }

    /// <summary>Kubernetes objects are for virtual nodes of AKS.</summary>
    public bool VirtualNode { get; init; }

    /// <summary>A template that a policy is put into is written anew, as az confcom writes it.</summary>
    public bool Reformat { get; init; }

    /// <summary>What a Compose file refers to outside itself.</summary>
    public Func<ComposeSurroundings> Compose { get; init; } = () => new ComposeSurroundings("compose", _ => null, path => throw new FileNotFoundException(path));
}
