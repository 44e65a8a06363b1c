using System.Text.Json;
using Cove.Attestation;
using Cove.Attestation.Azure;
using Cove.Attestation.Snp;
using Cove.Cli.Output;
using Cove.Cli.Shell;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Cli.Evidence;

/// <summary>An SNP report, alone, with what a request to an attestation service brings along, or as the paravisor of an Azure VM keeps it.</summary>
internal sealed class GivenSnpReport(SnpEvidence evidence, HclReport? virtualMachine = null) : GivenTee(evidence)
{
    private const int MeasurementSize = 48;
    private const int HostDataSize = 32;
    private readonly SnpReport report = SnpReport.Parse(evidence.Report.Span);

    public override string Name => virtualMachine is null ? "SEV-SNP report" : "Azure HCL report";

    public override string Type => "sevsnpvm";

    public override IReadOnlyList<Certificate> Certificates => evidence.Certificates;

    /// <summary>Reports begin with their version, a 32-bit number.</summary>
    public static GivenSnpReport? Read(byte[] bytes) => bytes is [>= 1 and <= 9, 0, 0, 0, ..] ? new(new SnpEvidence(bytes, [])) : null;

    /// <summary>What <c>tpm2_nvread 0x01400001</c> gives in an Azure VM. Its hardware report binds the claims beside it, among them the key of the virtual TPM.</summary>
    public static GivenSnpReport? ReadHcl(byte[] bytes)
    {
        if (!bytes.AsSpan().StartsWith("HCLA"u8)) return null;
        var hcl = HclReport.Parse(bytes);
        return hcl.Hardware == HclHardware.Snp
            ? new(new SnpEvidence(hcl.HardwareReport, []) { RuntimeData = hcl.RuntimeClaims }, hcl)
            : throw CommandFailedException.Usage("td-report-alone", "has a TDREPORT, which nobody but the machine that made it can verify", "verify the quote that the host made of it");
    }

    public override IEnumerable<(string Field, string Value)> Fields() => virtualMachine is null
        ? SnpReportPage.Fields(report)
        :
        [
            ("vmUniqueId", virtualMachine.VmId),
            ("secure-boot", virtualMachine.SecureBoot ? "true" : "false"),
            ("HCLAkPub", $"RSA, thumbprint {Convert.ToHexStringLower(virtualMachine.AttestationKey.Thumbprint())}"),
            .. SnpReportPage.Fields(report),
        ];

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
        return SnpChecks.Acceptable(snp, verified, findings);
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
}
