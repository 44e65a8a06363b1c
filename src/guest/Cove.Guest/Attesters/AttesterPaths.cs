namespace Cove.Guest.Attesters;

/// <summary>Where the attesters' devices, folders and sockets are looked for.</summary>
public sealed record AttesterPaths
{
    /// <summary>The places of a Linux guest.</summary>
    public static AttesterPaths Default { get; } = new();

    /// <summary>The mainline SEV-SNP guest device.</summary>
    public string SevGuest { get; init; } = "/dev/sev-guest";

    /// <summary>The configfs-tsm report folder.</summary>
    public string ConfigfsTsm { get; init; } = "/sys/kernel/config/tsm/report";

    /// <summary>The SEV-SNP guest device of the 5.15 kernels.</summary>
    public string LegacySev { get; init; } = "/dev/sev";

    /// <summary>Gramine's attestation folder.</summary>
    public string Gramine { get; init; } = "/dev/attestation";

    /// <summary>The simulated processor's socket.</summary>
    public string Simulated { get; init; } = "/dev/cove-sp";
}
