using Cove.Protocol.Messages;

namespace Cove.Agent.Containers;

/// <summary>A process as the policy decided it. Only <see cref="Policy.PolicyGate"/> makes one for a container or an exec.</summary>
/// <param name="Args">The whole argv.</param>
/// <param name="Env"><c>NAME=VALUE</c>, what the policy let through.</param>
/// <param name="WorkingDirectory">Absolute.</param>
/// <param name="User">Who it runs as.</param>
/// <param name="Umask">Four octal digits.</param>
/// <param name="Capabilities">What the policy let through.</param>
/// <param name="NoNewPrivileges">Whether it can never gain privileges.</param>
/// <param name="Terminal">Whether its three streams are one terminal.</param>
internal sealed record ProcessSpec(
    IReadOnlyList<string> Args,
    IReadOnlyList<string> Env,
    string WorkingDirectory,
    ProcessUser User,
    string Umask,
    ProcessCapabilities Capabilities,
    bool NoNewPrivileges,
    bool Terminal = false)
{
    /// <summary>Without values: they may be secrets.</summary>
    public override string ToString() => $"{Args.Count} args, {Env.Count} variables, uid {User.Uid}";
}
