using Cove.Attestation;
using Cove.Attestation.Snp;
using Cove.Cli.Output;
using Cove.Outcomes;

namespace Cove.Cli.Evidence;

/// <summary>What appraising an SNP report looks at, for the table of the verdict: what is asked of every guest, and what this policy asks beside it.</summary>
internal static class SnpChecks
{
    public static IReadOnlyList<Check> Acceptable(SnpAppraisalPolicy snp, VerifiedSnpEvidence genuine, IReadOnlyList<Finding> findings)
    {
        var report = genuine.Report;
        List<Check> checks =
        [
            Revocation(genuine, findings),
            Check.Of("debugging", findings, report.Policy.DebugAllowed ? "the host can look in, which the policy permits" : "the host cannot look in", "debug-not-permitted"),
            Check.Of("migration", findings, report.Policy.MigrationAgentAllowed ? "a migration agent, which the policy permits" : "no migration agent", "migration-not-permitted"),
            Check.Of("privilege level", findings, $"VMPL {report.Vmpl}", "vmpl-not-permitted"),
            GivenTee.Compared("measurement", snp.Measurement, report.Measurement),
            GivenTee.Compared("host data", snp.HostData, report.HostData),
            GivenTee.Compared("report data", snp.ReportData, report.ReportData.Bytes),
        ];
        checks.AddRange(Firmware(snp, genuine, findings));
        checks.AddRange(Guest(snp, report, findings));
        if (snp.RequireUvmEndorsement || genuine.UvmEndorsement is not null || genuine.UvmFindings.Count > 0) checks.Add(Endorsement(genuine, snp.RequireUvmEndorsement));
        return checks;
    }

    private static Check Revocation(VerifiedSnpEvidence genuine, IReadOnlyList<Finding> findings) => findings.Any(finding => finding.Code == "revocation-unknown")
        ? Check.Of("revocation", findings, "", "revocation-unknown")
        : new("revocation", genuine.RevocationChecked ? true : null, genuine.RevocationChecked ? "neither issuer nor root is revoked" : "no list of the root was given");

    private static IEnumerable<Check> Firmware(SnpAppraisalPolicy snp, VerifiedSnpEvidence genuine, IReadOnlyList<Finding> findings)
    {
        var report = genuine.Report;
        string[] levels = ["tcb-below-minimum", "tcb-minimum-absent"];
        if (snp.MinimumTcb != SnpTcbMinimums.None) yield return Check.Of("minimum firmware", Of("REPORTED_TCB"), genuine.ReportedTcb.ToString(), levels);
        if (snp.MinimumLaunchTcb != SnpTcbMinimums.None) yield return Check.Of("firmware at launch", Of("LAUNCH_TCB"), $"{report.LaunchTcb:x16}", levels);
        if (snp.Platform == SnpPlatformRequirements.None) yield break;
        yield return Check.Of("platform", findings, report.PlatformInfo.ToString(), "platform-info-not-accepted");
        yield return Check.Of("firmware version", findings, $"{report.CurrentFirmware}, committed {report.CommittedFirmware}", "firmware-below-minimum", "firmware-provisional");
        if (snp.Platform.RequiredMitigations != 0) yield return Check.Of("mitigations", findings, $"{report.CurrentMitigations:x16}, at launch {report.LaunchMitigations:x16}", "mitigations-missing");

        Finding[] Of(string field) => [.. findings.Where(finding => finding.Field.StartsWith(field, StringComparison.Ordinal))];
    }

    private static List<Check> Guest(SnpAppraisalPolicy snp, SnpReport report, IReadOnlyList<Finding> findings)
    {
        List<Check> checks = [];
        if (snp.Guest != SnpGuestRequirements.None) checks.Add(Check.Of("guest policy", findings, report.Policy.ToString(), "guest-policy-not-accepted", "abi-below-minimum"));
        if (snp.MinimumGuestSvn > 0) checks.Add(Check.Of("guest version", findings, $"GUEST_SVN {report.GuestSvn}", "guest-svn-below-minimum"));
        if (findings.Any(finding => finding.Code == "chip-id-masked")) checks.Add(Check.Of("chip id", findings, "", "chip-id-masked"));
        if (snp.IdKeyDigest != ReferenceValues.Any) checks.Add(GivenTee.Compared("id key", snp.IdKeyDigest, report.IdKeyDigest));
        if (snp.AuthorKeyDigest != ReferenceValues.Any) checks.Add(GivenTee.Compared("author key", snp.AuthorKeyDigest, report.AuthorKeyDigest));
        if (snp.FamilyId is { } family) checks.Add(GivenTee.Compared("family", family, report.FamilyId));
        if (snp.ImageId is { } image) checks.Add(GivenTee.Compared("image", image, report.ImageId));
        if (snp.ChipId is { } chip) checks.Add(GivenTee.Compared("accepted chip", chip, report.ChipId));
        return checks;
    }

    private static Check Endorsement(VerifiedSnpEvidence genuine, bool required)
    {
        if (genuine.UvmEndorsement is { } endorsement) return new("endorsement", true, $"{endorsement.Feed}, version {endorsement.Svn}");
        var why = genuine.UvmFindings.Count == 0 ? "none" : $"not accepted: {string.Join(", ", genuine.UvmFindings.Select(finding => finding.Code).Distinct())}";
        return required ? new("endorsement", false, $"endorsement-missing, {why}") : new("endorsement", null, why);
    }
}
