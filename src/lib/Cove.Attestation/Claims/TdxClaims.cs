namespace Cove.Attestation.Claims;

/// <summary>The claims that Microsoft Azure Attestation makes of TDX evidence, with its names and forms.</summary>
internal static class TdxClaims
{
    private const string Profile = "https://aka.ms/maa-eat-profile-tdxvm";

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "attester_tcb_status", "dbgstat", "eat_profile", "intuse",
        "tdx_mrconfigid", "tdx_mrowner", "tdx_mrownerconfig", "tdx_mrseam", "tdx_mrsignerseam", "tdx_mrtd", "tdx_report_data",
        "tdx_rtmr0", "tdx_rtmr1", "tdx_rtmr2", "tdx_rtmr3", "tdx_seam_attributes", "tdx_seamsvn", "tdx_td_attributes", "tdx_td_attributes_debug",
        "tdx_td_attributes_key_locker", "tdx_td_attributes_perfmon", "tdx_td_attributes_protection_keys", "tdx_td_attributes_septve_disable",
        "tdx_tee_tcb_svn", "tdx_xfam",
    ];

    public static Dictionary<string, ClaimValue> Of(VerifiedTdxEvidence evidence)
    {
        var report = evidence.Report;
        var attributes = report.Attributes;
        Dictionary<string, ClaimValue> claims = new(StringComparer.Ordinal)
        {
            [ClaimNames.AttestationType] = "tdxvm",
            ["attester_tcb_status"] = evidence.Tcb.Status.ToString(),
            ["dbgstat"] = attributes.Debug ? "enabled" : "disabled",
            ["eat_profile"] = Profile,
            ["intuse"] = "generic",
            ["tdx_mrconfigid"] = Hex(report.MrConfigId),
            ["tdx_mrowner"] = Hex(report.MrOwner),
            ["tdx_mrownerconfig"] = Hex(report.MrOwnerConfig),
            ["tdx_mrseam"] = Hex(report.MrSeam),
            ["tdx_mrsignerseam"] = Hex(report.MrSignerSeam),
            ["tdx_mrtd"] = Hex(report.MrTd),
            ["tdx_report_data"] = Hex(report.ReportData.Bytes),
            ["tdx_rtmr0"] = Hex(report.Rtmr(0)),
            ["tdx_rtmr1"] = Hex(report.Rtmr(1)),
            ["tdx_rtmr2"] = Hex(report.Rtmr(2)),
            ["tdx_rtmr3"] = Hex(report.Rtmr(3)),
            ["tdx_seam_attributes"] = Hex(report.SeamAttributes),
            ["tdx_seamsvn"] = report.TeeTcbSvn[0],
            ["tdx_td_attributes"] = Hex(report.AttributeBytes),
            ["tdx_td_attributes_debug"] = attributes.Debug,
            ["tdx_td_attributes_key_locker"] = attributes.KeyLocker,
            ["tdx_td_attributes_perfmon"] = attributes.PerformanceMonitoring,
            ["tdx_td_attributes_protection_keys"] = attributes.ProtectionKeys,
            ["tdx_td_attributes_septve_disable"] = attributes.SeptVeDisable,
            ["tdx_tee_tcb_svn"] = Hex(report.TeeTcbSvn),
            ["tdx_xfam"] = Hex(report.XfamBytes),
        };
        if (evidence.RuntimeData?.Json is { } runtime) claims[ClaimNames.Runtime] = runtime;
        if (evidence.InitTimeData?.Json is { } initTime) claims[ClaimNames.InitTime] = initTime;
        if (evidence.IsSimulated) claims[ClaimNames.Simulated] = true;
        return claims;
    }

    private static ClaimValue Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
