using Cove.Attestation;
using Cove.Cli.Shell;

namespace Cove.Cli.Evidence;

/// <summary>The values that the user wants to find, in hex; how long each must be, its kind of evidence knows.</summary>
internal sealed record Expectations(string? Measurement, string? HostData, string? ReportData)
{
    /// <summary>Exactly this measurement of <paramref name="size"/> bytes, or what the policy accepts.</summary>
    public ReferenceValues MeasurementOr(ReferenceValues accepted, int size) => Of("--measurement", Measurement, size, fill: false) ?? accepted;

    /// <summary>Exactly this data of <paramref name="size"/> bytes from the host, or what the policy accepts.</summary>
    public ReferenceValues HostDataOr(ReferenceValues accepted, int size) => Of("--host-data", HostData, size, fill: false) ?? accepted;

    /// <summary>This report data, with zeros after it up to 64 bytes, or what the policy accepts.</summary>
    public ReferenceValues ReportDataOr(ReferenceValues accepted) => Of("--report-data", ReportData, Attestation.ReportData.Size, fill: true) ?? accepted;

    private static ReferenceValues? Of(string option, string? hex, int size, bool fill)
    {
        if (hex is null) return null;
        if (hex.Length % 2 != 0 || !hex.All(char.IsAsciiHexDigit) || hex.Length > size * 2 || (!fill && hex.Length != size * 2))
            throw CommandFailedException.Usage("hex-invalid", $"is not {(fill ? "at most " : "")}{size * 2} hex digits, {option} {hex}");
        var value = new byte[size];
        Convert.FromHexString(hex).CopyTo(value, 0);
        return ReferenceValues.Of(value);
    }
}
