using Cove.Attestation;

namespace Cove.Guest.Attesters;

/// <summary>
/// One way to make this machine's hardware, or the simulated processor that stands in for it, vouch for 64 bytes of report data.
/// </summary>
public interface IAttester
{
    /// <summary>The device, folder or socket it asks, for messages.</summary>
    string Source { get; }

    /// <summary>Asks for evidence that binds exactly these bytes.</summary>
    /// <param name="reportData">The bytes that the evidence will carry in its report data field.</param>
    /// <param name="cancellation">Gives up waiting. A call that already is inside the kernel runs to its end.</param>
    /// <exception cref="Cove.Outcomes.UnavailableException">The device cannot be opened, or it refused or failed to answer.</exception>
    /// <exception cref="Cove.Outcomes.MalformedException">The answer is not evidence, or binds other report data.</exception>
    Task<HardwareEvidence> GetEvidenceAsync(ReportData reportData, CancellationToken cancellation = default);
}
