using Cove.Runtime.Simulation;

[assembly: AssemblyFixture(typeof(Cove.Attestation.Tests.Simulation.SimulatedAuthorityFixture))]

namespace Cove.Attestation.Tests.Simulation;

/// <summary>One simulated root for all tests of this assembly: making its two RSA-4096 keys takes seconds.</summary>
public sealed class SimulatedAuthorityFixture : IDisposable
{
    public SimulatedAuthority Authority { get; } = new(TimeProvider.System);

    public SimulatedChip Chip => field ??= Authority.MakeChip(SimulatedChip.CurrentTcb);

    public void Dispose()
    {
        Chip.Dispose();
        Authority.Dispose();
    }
}
