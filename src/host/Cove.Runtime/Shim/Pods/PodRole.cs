namespace Cove.Runtime.Shim.Pods;

/// <summary>What a bundle is within its pod.</summary>
internal enum PodRole
{
    /// <summary>No pod: a container with a guest of its own, as <c>ctr run</c> makes it.</summary>
    Alone,

    /// <summary>The pod itself: a guest without containers yet.</summary>
    Sandbox,

    /// <summary>A container in a pod's guest.</summary>
    Member,
}
