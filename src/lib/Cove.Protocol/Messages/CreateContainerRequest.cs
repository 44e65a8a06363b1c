namespace Cove.Protocol.Messages;

/// <summary>
/// Proposes a container whose overlay is mounted. The policy decides it as a whole; the guest then builds the OCI runtime spec itself, so
/// there is no field here for namespaces, hooks or the root path.
/// </summary>
/// <param name="ContainerId">64 lower-case hex digits.</param>
/// <param name="Args">The whole argv.</param>
/// <param name="Env"><c>NAME=VALUE</c>. Values may be secrets: they are never logged, and denials show only names.</param>
/// <param name="WorkingDirectory">Absolute.</param>
/// <param name="User">OCI image form <c>user[:group]</c>, names or numbers, looked up in the root file system; empty is root.</param>
/// <param name="AdditionalGroups">Further group numbers.</param>
/// <param name="Umask">Four octal digits.</param>
/// <param name="Mounts">Mounts beside the default ones, which the guest adds itself.</param>
/// <param name="Capabilities">The five sets; null asks for the default set of a privileged or unprivileged container.</param>
/// <param name="NoNewPrivileges">Whether the process can never gain privileges.</param>
/// <param name="Privileged">Whether the container is elevated.</param>
/// <param name="SeccompProfile">The compact JSON of an OCI seccomp profile, or null for none; its SHA-256 is what the policy names.</param>
/// <param name="Restart">When the guest starts it again.</param>
/// <param name="Resources">Limits, or null for none.</param>
/// <param name="HostNetwork">
/// Whether it asks for the network of what runs the pod (<c>host_network</c>). All containers of a group share the guest's own network, asked or not.
/// </param>
/// <param name="SandboxContainer">Whether it is the pod's own container, which may have <c>/sys</c> writable.</param>
/// <param name="Devices">Paths of devices of the host that it asks for. Decided like all else; this guest passes none on.</param>
/// <param name="Input">
/// Whether its first process reads what the host sends (<see cref="GuestCalls.Attach"/>); without, its input has ended before it begins.
/// Where the policy keeps its streams inside, it has none either way. Not for containers that are started again.
/// </param>
/// <param name="Terminal">
/// Whether its three streams are one terminal. Denied where the policy keeps its streams inside. Not for containers that are started again.
/// </param>
public sealed record CreateContainerRequest(
    string ContainerId,
    IReadOnlyList<string> Args,
    IReadOnlyList<string> Env,
    string WorkingDirectory,
    string User = "",
    IReadOnlyList<uint>? AdditionalGroups = null,
    string Umask = "0022",
    IReadOnlyList<ContainerMount>? Mounts = null,
    ProcessCapabilities? Capabilities = null,
    bool NoNewPrivileges = false,
    bool Privileged = false,
    string? SeccompProfile = null,
    RestartPolicy Restart = RestartPolicy.Never,
    ContainerResources? Resources = null,
    bool HostNetwork = false,
    bool SandboxContainer = false,
    IReadOnlyList<string>? Devices = null,
    bool Input = false,
    bool Terminal = false)
{
    /// <summary>Without environment values.</summary>
    public override string ToString() => $"create container {ContainerId}: {Args.Count} args, {Env.Count} variables";
}
