using Cove.Attestation.Uvm;
using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>Whether a SEV-SNP report was made by a processor under a trusted root, and binds the data that came with it.</summary>
internal sealed class SnpEvidenceVerifier(TrustAnchors anchors)
{
    private const uint CpuidVersion = 3;
    private readonly SnpChainVerifier _chains = new(anchors.Snp);
    private readonly UvmEndorsementVerifier _endorsements = new(anchors.UvmIssuers, anchors.Ledgers);

    public Verdict<VerifiedEvidence> Verify(SnpEvidence evidence, Collateral collateral, DateTimeOffset time)
    {
        var report = SnpReport.Parse(evidence.Report.Span);
        if (report.SigningKey == SigningKey.None)
            return new Finding("report-not-signed", "KEY_INFO.SIGNING_KEY", "VCEK or VLEK", "none", SnpSections.Report);
        if (!SnpChain.Pick(evidence.Certificates.Concat(collateral.Certificates), report.SigningKey).IsAccepted(out var chain, out var incomplete))
            return new Verdict<VerifiedEvidence>.Rejected(incomplete);

        var key = chain.EndorsementKey;
        var findings = _chains.Verify(chain, time, out var verifier);
        var revocationChecked = _chains.CheckRevocation(chain, collateral.RevocationLists, time, findings);
        CheckProduct(report, key, findings);
        CheckTcb(report, key, findings);
        CheckChip(report, key, findings);
        CheckSignature(report, key, verifier, findings);
        DataBinding.Check("runtime-data-mismatch", "REPORT_DATA", evidence.RuntimeData, report.ReportData.Bytes, SnpSections.Binding, findings);
        DataBinding.Check("init-time-data-mismatch", "HOST_DATA", evidence.InitTimeData, report.HostData, SnpSections.Binding, findings);
        if (findings.Count > 0) return findings;
        var (endorsement, refused) = VerifyEndorsements(evidence, report, time);
        return new VerifiedSnpEvidence
        {
            Report = report,
            Product = key.Product,
            EndorsementKey = key,
            ReportedTcb = key.Tcb,
            RevocationChecked = revocationChecked,
            VerifiedAt = time,
            RuntimeData = evidence.RuntimeData,
            InitTimeData = evidence.InitTimeData,
            UvmEndorsement = endorsement,
            UvmFindings = endorsement is null ? refused : [],
        };
    }

    // An endorsement is somebody else's statement about the measurement: without one the evidence is as genuine, only less is known of it.
    private (VerifiedUvmEndorsement? Endorsement, List<Finding> Refused) VerifyEndorsements(SnpEvidence evidence, SnpReport report, DateTimeOffset time)
    {
        List<Finding> refused = [];
        foreach (var bytes in evidence.UvmEndorsements)
        {
            if (_endorsements.Verify(UvmEndorsement.Parse(bytes), report.Measurement, time).IsAccepted(out var endorsement, out var findings)) return (endorsement, refused);
            refused.AddRange(findings);
        }

        return (null, refused);
    }

    // Version 2 does not say which processor it is from; the signature by a key of that product's chain does.
    private static void CheckProduct(SnpReport report, EndorsementKeyCertificate key, List<Finding> findings)
    {
        if (report.Version >= CpuidVersion && !SnpProducts.Matches(key.Product, report.CpuidFamily, report.CpuidModel))
            findings.Add(new("product-mismatch", "CPUID", $"family and model of {key.Product}", $"family 0x{report.CpuidFamily:x2}, model 0x{report.CpuidModel:x2}", SnpSections.Report));
    }

    private static void CheckTcb(SnpReport report, EndorsementKeyCertificate key, List<Finding> findings)
    {
        var reported = TcbVersion.Parse(report.ReportedTcb, key.Product, "REPORTED_TCB");
        var current = TcbVersion.Parse(report.CurrentTcb, key.Product, "CURRENT_TCB");
        var committed = TcbVersion.Parse(report.CommittedTcb, key.Product, "COMMITTED_TCB");
        if (reported != key.Tcb)
            findings.Add(new("tcb-mismatch", "REPORTED_TCB", $"the certificate's {key.Tcb}", reported.ToString(), SnpSections.Certificates));
        if (!current.IsAtLeast(reported))
            findings.Add(new("tcb-order-invalid", "REPORTED_TCB", $"at most CURRENT_TCB, {current}", reported.ToString(), SnpSections.Tcb));
        if (!current.IsAtLeast(committed))
            findings.Add(new("tcb-order-invalid", "COMMITTED_TCB", $"at most CURRENT_TCB, {current}", committed.ToString(), SnpSections.Tcb));
    }

    // A masked id is all zero; whether that is acceptable is for the appraisal policy. A VLEK is not bound to a chip.
    private static void CheckChip(SnpReport report, EndorsementKeyCertificate key, List<Finding> findings)
    {
        if (key.Kind == SigningKey.Vlek || !report.ChipId.ContainsAnyExcept((byte)0)) return;
        var id = key.HardwareId.Span;
        if (!report.ChipId[..id.Length].SequenceEqual(id) || report.ChipId[id.Length..].ContainsAnyExcept((byte)0))
            findings.Add(new("chip-id-mismatch", "CHIP_ID", $"the certificate's {Convert.ToHexStringLower(id)}", Convert.ToHexStringLower(report.ChipId), SnpSections.Certificates));
    }

    private static void CheckSignature(SnpReport report, EndorsementKeyCertificate key, ReportKey verifier, List<Finding> findings)
    {
        if (!verifier.Verifies(report))
            findings.Add(new("report-signature-invalid", "SIGNATURE", $"a signature over the report by the {key.Kind.ToString().ToUpperInvariant()}", "another signature", SnpSections.Report));
    }
}
