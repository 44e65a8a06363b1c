using Cove.Attestation.Measurement;
using Cove.Cli.Host;
using Cove.Policy.Model;
using Cove.Protocol.Launch;

namespace Cove.Cli.Projects;

/// <summary>The machine that a group needs, from what its containers ask for.</summary>
internal static class MachinePlan
{
    /// <summary>Kernel, agent and policy, and the writable layers of containers that ask for little.</summary>
    private const int OwnMiB = 512;
    private const int MiBInGB = 1024;
    private const int MaximumMiB = 1024 * 1024;
    private const int MaximumProcessors = 64;

    /// <param name="group">The group.</param>
    /// <param name="image">What the machine is launched from.</param>
    /// <param name="isolation"><c>vm</c> or <c>snp</c>.</param>
    /// <param name="probe">Asks the host.</param>
    public static LaunchMachine For(ContainerGroup group, GuestImage image, string isolation, HostProbe probe)
    {
        var memory = group.AllContainers.Sum(container => (container.Resources.MemoryInGB ?? 0) * MiBInGB);
        var processors = group.AllContainers.Where(container => !container.IsInit).Sum(container => container.Resources.Cpu ?? 0);
        return new LaunchMachine(
            image.Folder,
            isolation == Isolation.Snp ? LaunchMachine.Snp : MachineSupport.OfHost(probe).Accelerated ? LaunchMachine.Kvm : LaunchMachine.Tcg,
            (int)Math.Min(OwnMiB + Math.Ceiling(memory), MaximumMiB),
            (int)Math.Clamp(Math.Ceiling(processors), 1, Math.Min(MaximumProcessors, Environment.ProcessorCount)));
    }
}
