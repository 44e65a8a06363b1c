using System.Globalization;
using Cove.Agent.Containers;
using Cove.Policy.Enforcement;
using Cove.Policy.Model;
using Cove.Protocol.Messages;
using CreateContainerRequest = Cove.Policy.Enforcement.CreateContainerRequest;

namespace Cove.Agent.Policy;

/// <summary>What the guest proposes, in the words policies are asked in, and their answer in the guest's.</summary>
internal static class PolicyInputs
{
    public static CreateContainerRequest ToPolicy(this ProposedContainer proposed) => new()
    {
        ContainerId = proposed.ContainerId,
        Process = proposed.Process.ToPolicy(),
        SandboxDirectory = GuestPaths.SandboxMounts(proposed.SandboxId),
        HugePagesDirectory = GuestPaths.HugePages(proposed.SandboxId),
        Mounts = [.. proposed.Mounts.Select(mount => new PolicyMount(mount.Destination, mount.Source, mount.Type, mount.Options))],
        Privileged = proposed.Privileged,
        SeccompProfileSha256 = proposed.SeccompSha256,
        IsSandboxContainer = proposed.IsSandbox,
        Devices = proposed.Devices,
    };

    public static ProcessRequest ToPolicy(this ProcessSpec process) => new()
    {
        Command = process.Args,
        Environment = process.Env,
        WorkingDirectory = process.WorkingDirectory,
        User = new Identity(Decimal(process.User.Uid), process.User.UserName),
        Groups = [.. process.User.Groups.Select(group => new Identity(Decimal(group.Gid), group.Name))],
        Umask = process.Umask,
        Capabilities = new CapabilitySets(
            process.Capabilities.Ambient,
            process.Capabilities.Bounding,
            process.Capabilities.Effective,
            process.Capabilities.Inheritable,
            process.Capabilities.Permitted),
        NoNewPrivileges = process.NoNewPrivileges,
    };

    public static ContainerDecision ToDecision(this ProcessAllowance allowance) => new(
        allowance.Environment, allowance.Capabilities.ToProtocol(), allowance.AllowStdioAccess);

    /// <summary>The sets of a process that asks for none in particular (container-policy §2.1).</summary>
    public static ProcessCapabilities DefaultCapabilities(bool privileged) =>
        (privileged ? CapabilitySets.Privileged : CapabilitySets.Unprivileged).ToProtocol();

    private static ProcessCapabilities ToProtocol(this CapabilitySets sets) =>
        new(sets.Bounding, sets.Effective, sets.Inheritable, sets.Permitted, sets.Ambient);

    private static string Decimal(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
