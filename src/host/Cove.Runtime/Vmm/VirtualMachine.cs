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

    /// <summary>The file that receives what the kernel and the agent print: nothing, unless the kernel gives up.</summary>
    public required string ConsoleLog { get; init; }

    /// <summary>What SEV-SNP fixes at launch; null in the other modes.</summary>
    public SnpSettings? Snp { get; init; }
}
