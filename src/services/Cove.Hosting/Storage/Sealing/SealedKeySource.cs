using Cove.Hosting.CommandLine;

namespace Cove.Hosting.Storage.Sealing;

/// <summary>Where a sealed master key is: <c>snp:FILE</c>, or <c>simulated-snp:FILE</c> for development, each with <c>?device=PATH</c> where the processor is not at its usual place.</summary>
/// <param name="Processor">What sealed it, as the file names it.</param>
/// <param name="File">The sealed key.</param>
/// <param name="Device">Where the processor is asked.</param>
internal sealed record SealedKeySource(string Processor, string File, string Device)
{
    /// <summary>SEV-SNP hardware.</summary>
    public const string Hardware = "sev-snp";

    /// <summary>A simulated processor. The name is what a reader of the file sees.</summary>
    public const string Simulated = "simulated sev-snp, protects nothing";

    private const string HardwarePrefix = "snp:";
    private const string SimulatedPrefix = "simulated-snp:";
    private const string DeviceQuery = "?device=";

    public bool IsSimulated => Processor == Simulated;

    public static bool IsOne(string source) => source.StartsWith(HardwarePrefix, StringComparison.Ordinal) || source.StartsWith(SimulatedPrefix, StringComparison.Ordinal);

    /// <exception cref="UsageException">It names no file, or has a part that is not known.</exception>
    public static SealedKeySource Parse(string source)
    {
        var simulated = source.StartsWith(SimulatedPrefix, StringComparison.Ordinal);
        var prefix = simulated ? SimulatedPrefix : HardwarePrefix;
        var rest = source[prefix.Length..];
        var query = rest.IndexOf('?', StringComparison.Ordinal);
        var (file, device) = query < 0 ? (rest, simulated ? "/dev/cove-sp" : "/dev/sev-guest")
            : rest.AsSpan(query).StartsWith(DeviceQuery, StringComparison.Ordinal) ? (rest[..query], rest[(query + DeviceQuery.Length)..])
            : ("", "");
        if (file.Length == 0 || device.Length == 0) throw new UsageException($"the master key is {source}, expected {prefix}FILE or {prefix}FILE{DeviceQuery}PATH", $"--master-key {prefix}/var/lib/cove/master.sealed");
        return new(simulated ? Simulated : Hardware, file, device);
    }

    public ISealingProcessor Connect() => IsSimulated ? new SimulatedProcessorSocket(Device) : new SevGuestDevice(Device);
}
