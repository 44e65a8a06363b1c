using Cove.Protocol.Launch;
using Cove.Runtime.Simulation;

namespace Cove.Runtime.Launch;

/// <summary>
/// The secure processor that a guest has: under SEV-SNP the machine's own, and no other is to be had on this host; anywhere else a simulated one,
/// served at the group's socket. Nothing else asks which.
/// </summary>
internal sealed class GuestProcessor : IAsyncDisposable
{
    private readonly SimulatedChip? chip;
    private readonly SimulatedProcessorServer? server;

    private GuestProcessor()
    {
    }

    private GuestProcessor(SimulatedChip chip, SimulatedProcessorServer server) =>
        (this.chip, this.server, Certificates) = (chip, server, chip.Certification.ToJson());

    /// <summary>Whether evidence comes from a simulated processor.</summary>
    public bool IsSimulated => server is not null;

    /// <summary>The processor's certificates, THIM JSON; empty where this host does not have them.</summary>
    public ReadOnlyMemory<byte> Certificates { get; }

    /// <summary>Makes ready what the guest will ask.</summary>
    /// <param name="machine">The guest's machine; null for a process.</param>
    /// <param name="chips">Where the simulated chip of this host is kept.</param>
    /// <param name="measurement">MEASUREMENT, 48 bytes.</param>
    /// <param name="hostData">HOST_DATA, 32 bytes.</param>
    /// <param name="socket">Where a simulated processor serves.</param>
    /// <param name="time">The clock.</param>
    public static GuestProcessor Start(LaunchMachine? machine, string chips, ReadOnlySpan<byte> measurement, ReadOnlySpan<byte> hostData, string socket, TimeProvider time)
    {
        if (machine?.Mode == LaunchMachine.Snp) return new GuestProcessor();
        var chip = new SimulatedChipStore(chips, time).Open();
        try
        {
            var launch = new SimulatedLaunch(measurement, hostData, SimulatedLaunch.ContainerGroupPolicy);
            return new GuestProcessor(chip, SimulatedProcessorServer.Start(SimulatedProcessor.Launch(chip, launch), socket, time));
        }
        catch
        {
            chip.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        chip?.Dispose();
    }
}
