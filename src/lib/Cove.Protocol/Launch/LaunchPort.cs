namespace Cove.Protocol.Launch;

/// <summary>A TCP port of this host that leads into a group.</summary>
/// <param name="Address">The host's address that it is opened on.</param>
/// <param name="Port">The host's port; 0 in a spec for one that the host chooses.</param>
/// <param name="GroupPort">The port on the group's localhost.</param>
public sealed record LaunchPort(string Address, int Port, int GroupPort);
