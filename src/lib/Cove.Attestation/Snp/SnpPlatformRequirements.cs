using System.Globalization;
using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>What a relying party asks of the host's platform and firmware. Nothing is asked that is not said.</summary>
public sealed record SnpPlatformRequirements
{
    /// <summary>Nothing is asked.</summary>
    public static SnpPlatformRequirements None { get; } = new();

    /// <summary>SMT must be off.</summary>
    public bool ForbidSmt { get; init; }

    /// <summary>Memory must have error correction.</summary>
    public bool RequireEcc { get; init; }

    /// <summary>Running average power limit must be disabled.</summary>
    public bool RequireRaplDisabled { get; init; }

    /// <summary>DRAM ciphertext must be hidden from the host.</summary>
    public bool RequireCiphertextHiding { get; init; }

    /// <summary>Memory must have been checked for aliases since the last reset (the mitigation of BadRAM).</summary>
    public bool RequireAliasCheck { get; init; }

    /// <summary>Lowest version of the SNP firmware, of the one that runs and of the one that was committed.</summary>
    public FirmwareVersion MinimumFirmware { get; init; }

    /// <summary>Refuses firmware that runs without being committed: the host may still go back to an older one.</summary>
    public bool ForbidProvisionalFirmware { get; init; }

    /// <summary>Mitigations (bits of LAUNCH_MIT_VECTOR and CURRENT_MIT_VECTOR) that must be there. Reports before version 5 have none.</summary>
    public ulong RequiredMitigations { get; init; }

    /// <summary>A revocation list of AMD's root must have been at hand when the evidence was verified.</summary>
    public bool RequireRevocationList { get; init; }

    internal IEnumerable<Finding> Check(VerifiedSnpEvidence evidence)
    {
        var report = evidence.Report;
        var platform = report.PlatformInfo;
        (string Field, bool Asked, bool Actual, bool Wanted)[] bits =
        [
            ("PLATFORM_INFO.SMT_EN", ForbidSmt, platform.SmtEnabled, false),
            ("PLATFORM_INFO.ECC_EN", RequireEcc, platform.EccEnabled, true),
            ("PLATFORM_INFO.RAPL_DIS", RequireRaplDisabled, platform.RaplDisabled, true),
            ("PLATFORM_INFO.CIPHERTEXT_HIDING_DRAM_EN", RequireCiphertextHiding, platform.CiphertextHidingEnabled, true),
            ("PLATFORM_INFO.ALIAS_CHECK_COMPLETE", RequireAliasCheck, platform.AliasCheckComplete, true),
        ];
        foreach (var (field, _, actual, wanted) in bits.Where(bit => bit.Asked && bit.Actual != bit.Wanted))
            yield return new("platform-info-not-accepted", field, wanted ? "1" : "0", actual ? "1" : "0", SnpSections.Report);
        foreach (var (field, version) in ((string, FirmwareVersion)[])[("CURRENT_VERSION", report.CurrentFirmware), ("COMMITTED_VERSION", report.CommittedFirmware)])
        {
            if (IsBelow(version, MinimumFirmware)) yield return new("firmware-below-minimum", field, $"at least {MinimumFirmware}", version.ToString(), SnpSections.Report);
        }

        var provisional = report.CurrentTcb != report.CommittedTcb || report.CurrentFirmware != report.CommittedFirmware;
        if (ForbidProvisionalFirmware && provisional)
            yield return new("firmware-provisional", "COMMITTED_VERSION, COMMITTED_TCB", $"those that run, {report.CurrentFirmware}", report.CommittedFirmware.ToString(), SnpSections.Tcb);
        foreach (var (field, mitigations) in ((string, ulong?)[])[("LAUNCH_MIT_VECTOR", report.LaunchMitigations), ("CURRENT_MIT_VECTOR", report.CurrentMitigations)])
        {
            if ((RequiredMitigations & ~(mitigations ?? 0)) != 0)
                yield return new("mitigations-missing", field, Hex(RequiredMitigations), mitigations is { } there ? Hex(there) : $"none: the report is of version {report.Version}", SnpSections.Report);
        }

        if (RequireRevocationList && !evidence.RevocationChecked)
            yield return new("revocation-unknown", "CRL", "a revocation list of the root that holds", "none", SnpSections.Certificates);
    }

    private static bool IsBelow(FirmwareVersion version, FirmwareVersion minimum) =>
        (version.Major, version.Minor, version.Build).CompareTo((minimum.Major, minimum.Minor, minimum.Build)) < 0;

    private static string Hex(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
}
