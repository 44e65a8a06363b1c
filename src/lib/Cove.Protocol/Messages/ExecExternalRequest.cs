namespace Cove.Protocol.Messages;

/// <summary>Runs a process in the guest itself, beside the containers, its three streams on this call.</summary>
/// <param name="Args">The whole argv.</param>
/// <param name="Env"><c>NAME=VALUE</c>, the whole environment.</param>
/// <param name="WorkingDirectory">Absolute.</param>
public sealed record ExecExternalRequest(IReadOnlyList<string> Args, IReadOnlyList<string> Env, string WorkingDirectory = "/")
{
    /// <summary>Without environment values.</summary>
    public override string ToString() => $"exec beside the containers: {Args.Count} args";
}
