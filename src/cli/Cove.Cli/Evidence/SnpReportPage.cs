using Cove.Attestation.Snp;

namespace Cove.Cli.Evidence;

/// <summary>The fields of an SNP report, in the ABI's names and order.</summary>
internal static class SnpReportPage
{
    public static IEnumerable<(string Field, string Value)> Fields(SnpReport report)
    {
        yield return ("VERSION", $"{report.Version}");
        yield return ("GUEST_SVN", $"{report.GuestSvn}");
        yield return ("POLICY", $"{report.Policy} ({Words(report.Policy)})");
        yield return ("FAMILY_ID", Hex(report.FamilyId));
        yield return ("IMAGE_ID", Hex(report.ImageId));
        yield return ("VMPL", report.Vmpl == SnpReport.HostVmpl ? "host" : $"{report.Vmpl}");
        yield return ("CURRENT_TCB", $"{report.CurrentTcb:x16}");
        yield return ("PLATFORM_INFO", $"{report.PlatformInfo} ({Words(report.PlatformInfo)})");
        yield return ("SIGNING_KEY", report.SigningKey.ToString().ToUpperInvariant());
        yield return ("REPORT_DATA", Hex(report.ReportData.Bytes));
        yield return ("MEASUREMENT", Hex(report.Measurement));
        yield return ("HOST_DATA", Hex(report.HostData));
        yield return ("ID_KEY_DIGEST", Hex(report.IdKeyDigest));
        yield return ("AUTHOR_KEY_DIGEST", Hex(report.AuthorKeyDigest));
        yield return ("REPORT_ID", Hex(report.ReportId));
        yield return ("REPORT_ID_MA", Hex(report.MigrationAgentReportId));
        yield return ("REPORTED_TCB", $"{report.ReportedTcb:x16}");
        if (report.Version > 2) yield return ("CPUID", $"family 0x{report.CpuidFamily:x2}, model 0x{report.CpuidModel:x2}, stepping {report.CpuidStepping}");
        yield return ("CHIP_ID", Hex(report.ChipId));
        yield return ("COMMITTED_TCB", $"{report.CommittedTcb:x16}");
        yield return ("CURRENT_VERSION", report.CurrentFirmware.ToString());
        yield return ("COMMITTED_VERSION", report.CommittedFirmware.ToString());
        yield return ("LAUNCH_TCB", $"{report.LaunchTcb:x16}");
        if (report.LaunchMitigations is { } launch) yield return ("LAUNCH_MIT_VECTOR", $"{launch:x16}");
        if (report.CurrentMitigations is { } current) yield return ("CURRENT_MIT_VECTOR", $"{current:x16}");
    }

    private static string Words(GuestPolicy policy)
    {
        List<string> words = [$"ABI {policy.AbiMajor}.{policy.AbiMinor}", policy.DebugAllowed ? "debug allowed" : "no debug"];
        if (policy.MigrationAgentAllowed) words.Add("migration agent allowed");
        if (policy.SmtAllowed) words.Add("SMT allowed");
        if (policy.SingleSocketRequired) words.Add("single socket");
        return string.Join(", ", words);
    }

    private static string Words(PlatformInfo platform)
    {
        List<string> words = [];
        if (platform.SmtEnabled) words.Add("SMT");
        if (platform.TransparentEncryptionEnabled) words.Add("TSME");
        if (platform.EccEnabled) words.Add("ECC");
        if (platform.RaplDisabled) words.Add("no RAPL");
        if (platform.CiphertextHidingEnabled) words.Add("ciphertext hiding");
        if (platform.AliasCheckComplete) words.Add("alias check");
        return words.Count == 0 ? "none set" : string.Join(", ", words);
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => bytes.ContainsAnyExcept((byte)0) ? Convert.ToHexStringLower(bytes) : "0";
}
