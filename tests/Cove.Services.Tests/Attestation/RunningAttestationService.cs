using Cove.Services.Tests.Hosting;

namespace Cove.Services.Tests.Attestation;

/// <summary>One service for all tests that do not stop it.</summary>
public sealed class RunningAttestationService(SimulatedEvidence simulated) : IAsyncLifetime
{
    internal TestIdentity Identity { get; } = new();

    internal AttestationServiceProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Process = await AttestationServiceProcess.StartAsync(Identity, Path.Combine(Identity.Folder.FullName, "attestation"), simulated.RootFile);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Identity.Dispose();
    }
}
