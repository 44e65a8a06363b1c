using Cove.Attestation.Measurement;
using Cove.Outcomes;
using Cove.Protocol.Launch;
using Cove.Runtime.Launch;
using Cove.Runtime.Simulation;

namespace Cove.Runtime.Vmm;

/// <summary>One machine, complete: what QEMU is told and nothing else.</summary>
internal sealed record VirtualMachine
{
    /// <summary>Who executes it.</summary>
    public required MachineMode Mode { get; init; }

    /// <summary>The kernel's file.</summary>
    public required string Kernel { get; init; }

    /// <summary>The initial file system's file.</summary>
    public required string InitialFiles { get; init; }

    /// <summary>The kernel's command line.</summary>
    public required string CommandLine { get; init; }

    /// <summary>Memory in MiB.</summary>
    public required int MemoryMiB { get; init; }

    /// <summary>Virtual processors.</summary>
    public required int Processors { get; init; }

    /// <summary>The Unix socket that QEMU connects the agent's port to; somebody listens there.</summary>
    public required string AgentSocket { get; init; }

    /// <summary>The Unix socket on which QEMU takes commands.</summary>
    public required string MonitorSocket { get; init; }

    /// <summary>The file of the disk that takes what containers write, encrypted by the guest.</summary>
    public required string ScratchFile { get; init; }

    /// <summary>The file that receives what the kernel and the agent print: nothing, unless the kernel gives up.</summary>
    public required string ConsoleLog { get; init; }

    /// <summary>Its network card; null for none.</summary>
    public MachineCard? Card { get; init; }

    /// <summary>What SEV-SNP fixes at launch; null in the other modes.</summary>
    public SnpSettings? Snp { get; init; }

    /// <summary>The machine of a group.</summary>
    /// <param name="image">What it is launched from.</param>
    /// <param name="asked">What it is to be.</param>
    /// <param name="folder">The group's folder.</param>
    /// <param name="hostData">HOST_DATA, 32 bytes.</param>
    /// <exception cref="MalformedException">There is no such mode.</exception>
    public static VirtualMachine Of(GuestImage image, LaunchMachine asked, GroupFolder folder, ReadOnlySpan<byte> hostData) => new()
    {
        Mode = asked.Mode switch
        {
            LaunchMachine.Tcg => MachineMode.Tcg,
            LaunchMachine.Kvm => MachineMode.Kvm,
            LaunchMachine.Snp => MachineMode.Snp,
            var other => throw new MalformedException("launch spec", "machine.mode", $"is {other}, expected tcg, kvm or snp"),
        },
        Kernel = image.Kernel,
        InitialFiles = image.InitialFiles,
        CommandLine = image.CommandLine,
        MemoryMiB = asked.MemoryMiB,
        Processors = asked.Processors,
        AgentSocket = folder.PortSocket,
        MonitorSocket = folder.MonitorSocket,
        ScratchFile = folder.ScratchFile,
        ConsoleLog = folder.AgentLog,
        Snp = asked.Mode == LaunchMachine.Snp ? new SnpSettings(image.Firmware, hostData.ToArray(), SimulatedLaunch.ContainerGroupPolicy.Value) : null,
    };
}
