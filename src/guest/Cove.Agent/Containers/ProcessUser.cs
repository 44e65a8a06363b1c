namespace Cove.Agent.Containers;

/// <summary>Who a process runs as, resolved against its root file system.</summary>
/// <param name="Uid">User number.</param>
/// <param name="UserName">Its name in <c>/etc/passwd</c>, or empty.</param>
/// <param name="Groups">Primary group first, then the additional ones.</param>
internal sealed record ProcessUser(uint Uid, string UserName, IReadOnlyList<ProcessGroup> Groups)
{
    public uint Gid => Groups[0].Gid;
}
