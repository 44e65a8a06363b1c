namespace Cove.Policy.Model;

/// <summary>What runs a group, and so what it adds to containers that nobody wrote down.</summary>
public enum GroupPlatform
{
    /// <summary>Azure Container Instances: sidecars, a resolver file, variables for identities and restarts.</summary>
    ContainerInstances,

    /// <summary>Virtual nodes of AKS: the same, and what a kubelet adds to every pod.</summary>
    VirtualNode,

    /// <summary>A host that adds nothing, as Cove's own: the policy names all there is, and lets nothing fall away.</summary>
    Cove,
}
