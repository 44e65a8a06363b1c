namespace Cove.Protocol.Messages;

/// <summary>Runs one more process in a running container, its three streams on this call.</summary>
/// <param name="ContainerId">The container.</param>
/// <param name="Args">The whole argv.</param>
/// <param name="Env">Null takes the container's own variables, which the host then need not know.</param>
/// <param name="WorkingDirectory">Null takes the container's.</param>
/// <param name="User">Null takes the container's.</param>
/// <param name="Umask">Null takes the container's.</param>
/// <param name="Capabilities">Null takes the container's.</param>
/// <param name="NoNewPrivileges">Null takes the container's.</param>
/// <param name="Terminal">
/// Whether its three streams are one terminal, whose output is the call's output and whose size the call's sizes are. Denied where the policy
/// keeps the container's streams inside.
/// </param>
public sealed record ExecRequest(
    string ContainerId,
    IReadOnlyList<string> Args,
    IReadOnlyList<string>? Env = null,
    string? WorkingDirectory = null,
    string? User = null,
    string? Umask = null,
    ProcessCapabilities? Capabilities = null,
    bool? NoNewPrivileges = null,
    bool Terminal = false)
{
    /// <summary>Without environment values.</summary>
    public override string ToString() => $"exec in {ContainerId}: {Args.Count} args";
}
