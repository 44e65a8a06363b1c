using System.Globalization;
using Cove.Attestation.Dcap;
using Cove.Outcomes;

namespace Cove.Attestation.Tdx;

/// <summary>What a relying party accepts of TDX trust domains. Everything that is not said is refused.</summary>
public sealed record TdxAppraisalPolicy
{
    // XFAM: x87 and SSE are always on; what else may be, by the ABI.
    private const ulong XfamFixed = 0x3;
    private const ulong XfamDefined = 0x6DBE7;

    /// <summary>Whether the host may debug or profile the domain. A debuggable domain keeps nothing from its host.</summary>
    public bool PermitDebug { get; init; }

    /// <summary>Whether the host may make the domain fault on its own pages (SEPT_VE_DISABLE is not set).</summary>
    public bool PermitSeptVe { get; init; }

    /// <summary>Whether a migration domain may move it to another machine.</summary>
    public bool PermitMigration { get; init; }

    /// <summary>How up to date the platform must be.</summary>
    public TcbRequirements Tcb { get; init; } = new();

    /// <summary>Accepted MRTD, 48 bytes each.</summary>
    public ReferenceValues MrTd { get; init; } = ReferenceValues.None;

    /// <summary>Accepted MRSEAM, 48 bytes each: which TDX module. Its TCB is judged in any case.</summary>
    public ReferenceValues MrSeam { get; init; } = ReferenceValues.None;

    /// <summary>Accepted MRCONFIGID, 48 bytes each.</summary>
    public ReferenceValues MrConfigId { get; init; } = ReferenceValues.None;

    /// <summary>Accepted MROWNER, 48 bytes each.</summary>
    public ReferenceValues MrOwner { get; init; } = ReferenceValues.None;

    /// <summary>Accepted MROWNERCONFIG, 48 bytes each.</summary>
    public ReferenceValues MrOwnerConfig { get; init; } = ReferenceValues.None;

    /// <summary>Accepted RTMR0 to RTMR3, 48 bytes each; a register without an entry accepts nothing.</summary>
    public IReadOnlyList<ReferenceValues> Rtmrs { get; init; } = [];

    /// <summary>
    /// Accepted MRSERVICETD beside zero, 48 bytes each. A service domain has access to this one, so none is accepted unless it is named.
    /// </summary>
    public ReferenceValues ServiceTd { get; init; } = ReferenceValues.None;

    /// <summary>Accepted REPORTDATA, 64 bytes each.</summary>
    public ReferenceValues ReportData { get; init; } = ReferenceValues.None;

    internal List<Finding> Appraise(VerifiedTdxEvidence evidence)
    {
        List<Finding> findings = [];
        var report = evidence.Report;
        CheckAttributes(report, findings);
        Tcb.Appraise(evidence.Tcb, findings);
        if (report.MrServiceTd.ContainsAnyExcept((byte)0)) Check("service-td-not-permitted", "MRSERVICETD", ServiceTd, report.MrServiceTd, findings);
        Check("measurement-not-accepted", "MRTD", MrTd, report.MrTd, findings);
        Check("module-not-accepted", "MRSEAM", MrSeam, report.MrSeam, findings);
        Check("config-id-not-accepted", "MRCONFIGID", MrConfigId, report.MrConfigId, findings);
        Check("owner-not-accepted", "MROWNER", MrOwner, report.MrOwner, findings);
        Check("owner-not-accepted", "MROWNERCONFIG", MrOwnerConfig, report.MrOwnerConfig, findings);
        for (var i = 0; i < TdReportBody.RtmrCount; i++)
            Check("rtmr-not-accepted", $"RTMR{i}", i < Rtmrs.Count ? Rtmrs[i] : ReferenceValues.None, report.Rtmr(i), findings);
        Check("report-data-not-accepted", "REPORTDATA", ReportData, report.ReportData.Bytes, findings);
        return findings;
    }

    private void CheckAttributes(TdReportBody report, List<Finding> findings)
    {
        var attributes = report.Attributes;
        if ((attributes.Value & TdAttributes.UnderDebug) != 0 && !PermitDebug)
            findings.Add(new(
                "debug-not-permitted", "TDATTRIBUTES.DEBUG", "0: the host cannot debug or profile the domain", attributes.ToString(), DcapSections.TrustDomain));
        if (!attributes.SeptVeDisable && !PermitSeptVe)
            findings.Add(new(
                "sept-ve-not-permitted", "TDATTRIBUTES.SEPT_VE_DISABLE", "1: the host cannot make the domain fault on its pages", "0", DcapSections.TrustDomain));
        if (attributes.Migratable && !PermitMigration)
            findings.Add(new("migration-not-permitted", "TDATTRIBUTES.MIGRATABLE", "0: no migration", "1", DcapSections.TrustDomain));
        if ((attributes.Value & ~TdAttributes.Defined) != 0)
            findings.Add(new(
                "td-attributes-unknown", "TDATTRIBUTES", "no bit that the ABI reserves", attributes.ToString(), DcapSections.TrustDomain));
        if ((report.Xfam & ~XfamDefined) != 0 || (report.Xfam & XfamFixed) != XfamFixed)
        {
            var found = string.Create(CultureInfo.InvariantCulture, $"0x{report.Xfam:x}");
            findings.Add(new("td-attributes-unknown", "XFAM", "x87 and SSE, and no bit that the ABI reserves", found, DcapSections.TrustDomain));
        }
    }

    private static void Check(string code, string field, ReferenceValues accepted, ReadOnlySpan<byte> actual, List<Finding> findings)
    {
        if (!accepted.Accept(actual)) findings.Add(new(code, field, accepted.ToString(), Convert.ToHexStringLower(actual), DcapSections.TrustDomain));
    }
}
