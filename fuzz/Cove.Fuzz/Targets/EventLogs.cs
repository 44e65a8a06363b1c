using Cove.Attestation.Tdx;

namespace Cove.Fuzz.Targets;

/// <summary>CCEL event logs, replayed, the ACPI table that points to them, and TDREPORTs.</summary>
internal sealed class EventLogs : ITarget
{
    private const int EnoughOfALog = 8 * 1024;

    public string Name => "ccel";

    public IEnumerable<byte[]> Seeds(SeedFiles files) =>
    [
        .. files.Attestation("google-go-tdx-guest/ccel/ccel_data.dat", "coco-trustee/dcap/CCEL_data_ovmf").SelectMany<byte[], byte[]>(log => [log[..EnoughOfALog], log[..600]]),
        .. files.Attestation("google-go-tdx-guest/ccel/ccel_table.dat", "coco-guest-components/tdx_report_1.bin"),
    ];

    public void Run(byte[] input)
    {
        if (input.Length == CcelTable.Size) CcelTable.Parse(input);
        else if (input.Length == TdReport.Size) TdReport.Parse(input);
        else EventLog.Parse(input).Replay();
    }
}
