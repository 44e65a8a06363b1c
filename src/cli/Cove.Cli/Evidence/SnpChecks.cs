using Cove.Attestation;
using Cove.Attestation.Snp;
using Cove.Cli.Output;
using Cove.Outcomes;

namespace Cove.Cli.Evidence;

/// <summary>What verifying and appraising an SNP report looks at, for the table of the verdict: each check knows the findings that fail it.</summary>
internal static class SnpChecks
{
    /// <summary>Whether the report is genuine.</summary>
    public static IReadOnlyList<Check> Genuine(SnpReport report, IReadOnlyList<Finding> findings, bool withRuntimeData)
    {
        List<Check> checks =
        [
            Of("signature", findings, $"by the {report.SigningKey.ToString().ToUpperInvariant()} over all fields", "report-signature-invalid", "report-not-signed"),
            Of("certificates", findings, "endorsement key, issuer and root, link by link", "certificate-chain-incomplete", "certificate-signature-invalid", "certificate-algorithm-refused", "certificate-not-an-authority", "certificate-extension-unknown"),
            Of("root", findings, "one that this verifier trusts", "root-not-trusted"),
            Of("dates", findings, "every certificate valid at the time", "certificate-expired", "certificate-not-yet-valid"),
            Of("product", findings, "the certificate's", "product-mismatch"),
            Of("firmware level", findings, "REPORTED_TCB is the certificate's", "tcb-mismatch", "tcb-order-invalid"),
            Of("chip", findings, report.ChipId.ContainsAnyExcept((byte)0) ? "CHIP_ID is the certificate's" : "not named by the report", "chip-id-mismatch"),
        ];
        if (withRuntimeData) checks.Add(Of("runtime data", findings, "its SHA-256 is in REPORT_DATA", "runtime-data-mismatch"));
        return Incomplete(findings) ? [.. checks.Where(c => c.Passed is false)] : checks;
    }

    /// <summary>Whether the report is acceptable: what is always asked, and what the user named.</summary>
    public static IReadOnlyList<Check> Acceptable(SnpReport report, SnpAppraisalPolicy policy, IReadOnlyList<Finding> findings) =>
    [
        Of("debugging", findings, "the host cannot look in", "debug-not-permitted"),
        Of("migration", findings, "no migration agent", "migration-not-permitted"),
        Of("privilege level", findings, $"VMPL {report.Vmpl}", "vmpl-not-permitted"),
        Compared("measurement", policy.Measurement, report.Measurement),
        Compared("host data", policy.HostData, report.HostData),
        Compared("report data", policy.ReportData, report.ReportData.Bytes),
    ];

    private static Check Compared(string name, ReferenceValues accepted, ReadOnlySpan<byte> actual) =>
        new(name, accepted == ReferenceValues.Any ? null : accepted.Accept(actual), Convert.ToHexStringLower(actual));

    private static Check Of(string name, IReadOnlyList<Finding> findings, string found, params string[] codes)
    {
        var failed = findings.Where(f => codes.Contains(f.Code)).Select(f => f.Code).Distinct().ToArray();
        return new(name, failed.Length == 0, failed.Length == 0 ? found : string.Join(", ", failed));
    }

    // Without a chain nothing else was looked at, so nothing else may be said to hold.
    private static bool Incomplete(IReadOnlyList<Finding> findings) => findings.Any(f => f.Code is "certificate-chain-incomplete" or "report-not-signed");
}
