namespace Cove.Agent.Containers;

/// <summary>A group of a process.</summary>
/// <param name="Gid">Group number.</param>
/// <param name="Name">Its name in <c>/etc/group</c>, or empty.</param>
internal sealed record ProcessGroup(uint Gid, string Name);
