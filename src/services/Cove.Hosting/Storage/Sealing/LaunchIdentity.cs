using System.Buffers.Binary;
using System.Globalization;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Hosting.Storage.Sealing;

/// <summary>
/// What this guest was launched as, by a report over nothing that only this process asks for: it says which TCB the platform has committed to, and why a key
/// that was sealed does not open. Nobody else believes it, so its signature is not looked at.
/// </summary>
/// <param name="Chip">CHIP_ID in hex; zero where the host masks it.</param>
/// <param name="Measurement">The launch digest in hex.</param>
/// <param name="Policy">The launch policy in hex.</param>
/// <param name="HostData">HOST_DATA in hex.</param>
/// <param name="CommittedTcb">COMMITTED_TCB, below which the platform cannot be taken back.</param>
internal sealed record LaunchIdentity(string Chip, string Measurement, string Policy, string HostData, ulong CommittedTcb)
{
    /// <exception cref="UnavailableException">The processor gives no report.</exception>
    /// <exception cref="MalformedException">Its answer is none.</exception>
    public static async Task<LaunchIdentity> AskAsync(ISealingProcessor processor)
    {
        var response = await processor.GetReportAsync(new(new byte[ReportRequest.ReportDataSize]));
        return response.Status == ReportResponse.Success ? Read(response.Report.Span) : throw new UnavailableException(processor.Path, $"it gives no report: status 0x{response.Status:x}");
    }

    /// <summary>The first thing in which another guest differs from this one, to be told to whoever wonders.</summary>
    public string? DifferenceFrom(LaunchIdentity other) => this switch
    {
        _ when Measurement != other.Measurement => $"it is sealed to the measurement {other.Measurement}, and this guest's is {Measurement}",
        _ when Policy != other.Policy => $"it is sealed to the launch policy {other.Policy}, and this guest's is {Policy}",
        _ when HostData != other.HostData => $"it is sealed to the host data {other.HostData}, and this guest's is {HostData}",
        _ when Chip != other.Chip => $"it is sealed to the processor {other.Chip[..16]}…, and this is {Chip[..16]}…",
        _ => null,
    };

    // The places of an ATTESTATION_REPORT (SEV-SNP ABI, table "ATTESTATION_REPORT"), the same in all of its versions.
    private static LaunchIdentity Read(ReadOnlySpan<byte> report) => new(
        Convert.ToHexStringLower(report.Slice(0x1A0, 64)),
        Convert.ToHexStringLower(report.Slice(0x90, 48)),
        BinaryPrimitives.ReadUInt64LittleEndian(report[0x08..]).ToString("x16", CultureInfo.InvariantCulture),
        Convert.ToHexStringLower(report.Slice(0xC0, 32)),
        BinaryPrimitives.ReadUInt64LittleEndian(report[0x1E0..]));
}
