using Cove.Attestation.Dcap;
using Cove.Outcomes;

namespace Cove.Attestation.Sgx;

/// <summary>What a relying party accepts of SGX enclaves. Everything that is not said is refused.</summary>
public sealed record SgxAppraisalPolicy
{
    /// <summary>Whether the host may debug the enclave. A debuggable enclave keeps nothing from its host.</summary>
    public bool PermitDebug { get; init; }

    /// <summary>How up to date the platform must be.</summary>
    public TcbRequirements Tcb { get; init; } = new();

    /// <summary>Lowest ISVSVN.</summary>
    public ushort MinimumIsvSvn { get; init; }

    /// <summary>Accepted MRENCLAVE, 32 bytes each.</summary>
    public ReferenceValues MrEnclave { get; init; } = ReferenceValues.None;

    /// <summary>Accepted MRSIGNER, 32 bytes each.</summary>
    public ReferenceValues MrSigner { get; init; } = ReferenceValues.None;

    /// <summary>Accepted ISVPRODID, 2 bytes each, little-endian as in the report.</summary>
    public ReferenceValues ProductId { get; init; } = ReferenceValues.None;

    /// <summary>Accepted CONFIGID, 64 bytes each; zero where key separation and sharing is not used.</summary>
    public ReferenceValues ConfigId { get; init; } = ReferenceValues.None;

    /// <summary>Accepted REPORTDATA, 64 bytes each.</summary>
    public ReferenceValues ReportData { get; init; } = ReferenceValues.None;

    internal List<Finding> Appraise(VerifiedSgxEvidence evidence)
    {
        List<Finding> findings = [];
        var report = evidence.Report;
        if (report.Attributes.Debug && !PermitDebug)
            findings.Add(new("debug-not-permitted", "ATTRIBUTES.DEBUG", "0: the host cannot debug the enclave", "1", DcapSections.Enclave));
        Tcb.Appraise(evidence.Tcb, findings);
        if (report.IsvSvn < MinimumIsvSvn)
            findings.Add(new("svn-too-low", "ISVSVN", $"at least {MinimumIsvSvn}", $"{report.IsvSvn}", DcapSections.Enclave));
        Check("measurement-not-accepted", "MRENCLAVE", MrEnclave, report.MrEnclave, findings);
        Check("signer-not-accepted", "MRSIGNER", MrSigner, report.MrSigner, findings);
        Check("product-not-accepted", "ISVPRODID", ProductId, [(byte)report.IsvProdId, (byte)(report.IsvProdId >> 8)], findings);
        Check("config-id-not-accepted", "CONFIGID", ConfigId, report.ConfigId, findings);
        Check("report-data-not-accepted", "REPORTDATA", ReportData, report.ReportData.Bytes, findings);
        return findings;
    }

    private static void Check(string code, string field, ReferenceValues accepted, ReadOnlySpan<byte> actual, List<Finding> findings)
    {
        if (!accepted.Accept(actual)) findings.Add(new(code, field, accepted.ToString(), Convert.ToHexStringLower(actual), DcapSections.Enclave));
    }
}
