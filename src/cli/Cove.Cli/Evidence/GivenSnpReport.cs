using System.Text.Json;
using Cove.Attestation;
using Cove.Attestation.Snp;
using Cove.Cli.Output;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Cli.Evidence;

/// <summary>An SNP report, alone or with what a request to an attestation service brings along.</summary>
internal sealed class GivenSnpReport(SnpEvidence evidence) : GivenTee(evidence)
{
    private const int MeasurementSize = 48;
    private const int HostDataSize = 32;
    private readonly SnpReport report = SnpReport.Parse(evidence.Report.Span);

    public override string Name => "SEV-SNP report";

    public override string Type => "sevsnpvm";

    public override IReadOnlyList<Certificate> Certificates => evidence.Certificates;

    /// <summary>Reports begin with their version, a 32-bit number.</summary>
    public static GivenSnpReport? Read(byte[] bytes) => bytes is [>= 1 and <= 9, 0, 0, 0, ..] ? new(new SnpEvidence(bytes, [])) : null;

    public override IEnumerable<(string Field, string Value)> Fields() => SnpReportPage.Fields(report);

    protected override IReadOnlyList<Check> Genuine(IReadOnlyList<Finding> findings)
    {
        List<Check> checks =
        [
            Of("signature", findings, $"by the {report.SigningKey.ToString().ToUpperInvariant()} over all fields", "report-signature-invalid", "report-not-signed"),
            Of("certificates", findings, "endorsement key, issuer and root, link by link",
                "certificate-chain-incomplete", "certificate-signature-invalid", "certificate-algorithm-refused", "certificate-not-an-authority", "certificate-extension-unknown"),
            Of("root", findings, "one that this verifier trusts", "root-not-trusted"),
            Of("dates", findings, "every certificate valid at the time", "certificate-expired", "certificate-not-yet-valid"),
            Of("product", findings, "the certificate's", "product-mismatch"),
            Of("firmware level", findings, "REPORTED_TCB is the certificate's", "tcb-mismatch", "tcb-order-invalid"),
            Of("chip", findings, report.ChipId.ContainsAnyExcept((byte)0) ? "CHIP_ID is the certificate's" : "not named by the report", "chip-id-mismatch"),
        ];
        var revocation = Of("revocation", findings, "", "certificate-revoked", "crl-signature-invalid", "crl-expired", "crl-not-yet-valid");
        if (revocation.Passed is false) checks.Add(revocation);
        if (evidence.RuntimeData is not null) checks.Add(Of("runtime data", findings, "its SHA-256 is in REPORT_DATA", "runtime-data-mismatch"));
        // Without a chain nothing else was looked at, so nothing else may be said to hold.
        return findings.Any(finding => finding.Code is "certificate-chain-incomplete" or "report-not-signed") ? [.. checks.Where(check => check.Passed is false)] : checks;
    }

    protected override IReadOnlyList<Check> Acceptable(AppraisalPolicy policy, VerifiedEvidence genuine, IReadOnlyList<Finding> findings)
    {
        if (policy.Snp is not { } snp) return [Of("policy", findings, "says what is accepted", "policy-absent")];
        var verified = (VerifiedSnpEvidence)genuine;
        List<Check> checks =
        [
            new("revocation", verified.RevocationChecked ? true : null, verified.RevocationChecked ? "neither issuer nor root is revoked" : "no list of the root was given"),
            Of("debugging", findings, report.Policy.DebugAllowed ? "the host can look in, which the policy permits" : "the host cannot look in", "debug-not-permitted"),
            Of("migration", findings, report.Policy.MigrationAgentAllowed ? "a migration agent, which the policy permits" : "no migration agent", "migration-not-permitted"),
            Of("privilege level", findings, $"VMPL {report.Vmpl}", "vmpl-not-permitted"),
            Compared("measurement", snp.Measurement, report.Measurement),
            Compared("host data", snp.HostData, report.HostData),
            Compared("report data", snp.ReportData, report.ReportData.Bytes),
        ];
        if (snp.MinimumTcb != SnpTcbMinimums.None) checks.Add(Of("minimum firmware", findings, verified.ReportedTcb.ToString(), "tcb-below-minimum", "tcb-minimum-absent"));
        if (snp.RequireUvmEndorsement || evidence.UvmEndorsements.Count > 0) checks.Add(Endorsement(verified, snp.RequireUvmEndorsement));
        return checks;
    }

    protected override AppraisalPolicy Narrow(AppraisalPolicy policy, Verification verification) => policy.Snp is not { } snp ? policy : policy with
    {
        Snp = snp with
        {
            Measurement = verification.Expected.MeasurementOr(snp.Measurement, MeasurementSize),
            HostData = verification.Expected.HostDataOr(snp.HostData, HostDataSize),
            ReportData = verification.Expected.ReportDataOr(snp.ReportData),
        },
    };

    protected override string Describe(VerifiedEvidence genuine) => genuine is VerifiedSnpEvidence snp ? $"an AMD {snp.Product} processor, firmware {snp.ReportedTcb}" : "";

    protected override void WriteFacts(Utf8JsonWriter writer, VerifiedEvidence genuine) => writer.WriteString("product", ((VerifiedSnpEvidence)genuine).Product.ToString());

    protected override string? MissingOption(IReadOnlyList<Finding> findings) => findings.Any(finding => finding.Code == "certificate-chain-incomplete") ? "--certs FILE" : null;

    private static Check Endorsement(VerifiedSnpEvidence genuine, bool required) => genuine.UvmEndorsement is { } endorsement
        ? new("endorsement", true, $"{endorsement.Feed}, version {endorsement.Svn}")
        : new("endorsement", required ? false : null, genuine.UvmFindings.Count == 0 ? "none" : $"not accepted: {string.Join(", ", genuine.UvmFindings.Select(finding => finding.Code).Distinct())}");
}
