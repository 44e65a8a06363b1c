namespace Cove.Agent.Mounts;

/// <summary>
/// Where the paths that host and policy speak of (<c>/run/gcs/c/…</c>) really are. In a virtual machine the agent's root is its own; as a
/// local process they lie below its state folder.
/// </summary>
internal sealed class GuestFolders(string state)
{
    /// <summary>The agent's private memory.</summary>
    public string State => state;

    /// <summary>runc's files.</summary>
    public string Runtime => Path.Combine(state, "runc");

    /// <summary>Where the machine's scratch disk is mounted, in no path that a host can name.</summary>
    public string Scratch => state + ".scratch";

    /// <summary>The real place of a path of the guest.</summary>
    public string Real(string guestPath) => state + guestPath;

    /// <summary>A container's OCI bundle.</summary>
    public string Bundle(string containerId) => Path.Combine(state, "bundles", containerId);
}
