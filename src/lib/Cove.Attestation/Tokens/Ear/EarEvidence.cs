using Cove.Attestation.Claims;
using Cove.Attestation.Dcap;

namespace Cove.Attestation.Tokens.Ear;

/// <summary>The claims of evidence by the names that attestation services of Confidential Containers use.</summary>
internal static class EarEvidence
{
    public static IReadOnlyDictionary<string, ClaimValue> Of(VerifiedSnpEvidence evidence)
    {
        var (report, tcb) = (evidence.Report, evidence.ReportedTcb);
        return new Dictionary<string, ClaimValue>(StringComparer.Ordinal)
        {
            ["chip_id"] = Hex(report.ChipId),
            ["init_data"] = Hex(report.HostData),
            ["measurement"] = Hex(report.Measurement),
            ["policy_abi_major"] = report.Policy.AbiMajor,
            ["policy_abi_minor"] = report.Policy.AbiMinor,
            ["policy_debug_allowed"] = report.Policy.DebugAllowed,
            ["policy_migrate_ma"] = report.Policy.MigrationAgentAllowed,
            ["policy_single_socket"] = report.Policy.SingleSocketRequired,
            ["policy_smt_allowed"] = report.Policy.SmtAllowed,
            ["platform_smt_enabled"] = report.PlatformInfo.SmtEnabled,
            ["platform_tsme_enabled"] = report.PlatformInfo.TransparentEncryptionEnabled,
            ["report_data"] = Hex(report.ReportData.Bytes),
            ["reported_tcb_bootloader"] = tcb.BootLoader,
            ["reported_tcb_microcode"] = tcb.Microcode,
            ["reported_tcb_snp"] = tcb.Snp,
            ["reported_tcb_tee"] = tcb.Tee,
        };
    }

    public static IReadOnlyDictionary<string, ClaimValue> Of(VerifiedSgxEvidence evidence)
    {
        var report = evidence.Report;
        var claims = Of((VerifiedQuoteEvidence)evidence);
        claims["body.attributes"] = Hex(report.AttributeBytes);
        claims["body.config_id"] = Hex(report.ConfigId);
        claims["body.config_svn"] = report.ConfigSvn;
        claims["body.cpu_svn"] = Hex(report.CpuSvn);
        claims["body.isv_ext_prod_id"] = Hex(report.IsvExtendedProductId);
        claims["body.isv_family_id"] = Hex(report.IsvFamilyId);
        claims["body.isv_prod_id"] = report.IsvProdId;
        claims["body.isv_svn"] = report.IsvSvn;
        claims["body.mr_enclave"] = Hex(report.MrEnclave);
        claims["body.mr_signer"] = Hex(report.MrSigner);
        claims["report_data"] = Hex(report.ReportData.Bytes);
        claims["init_data"] = Hex(report.ConfigId);
        return claims;
    }

    public static IReadOnlyDictionary<string, ClaimValue> Of(VerifiedTdxEvidence evidence)
    {
        var report = evidence.Report;
        var claims = Of((VerifiedQuoteEvidence)evidence);
        claims["body.mr_config_id"] = Hex(report.MrConfigId);
        claims["body.mr_owner"] = Hex(report.MrOwner);
        claims["body.mr_owner_config"] = Hex(report.MrOwnerConfig);
        claims["body.mr_seam"] = Hex(report.MrSeam);
        claims["body.mr_td"] = Hex(report.MrTd);
        claims["body.mrsigner_seam"] = Hex(report.MrSignerSeam);
        for (var i = 0; i < Tdx.TdReportBody.RtmrCount; i++) claims[$"body.rtmr_{i}"] = Hex(report.Rtmr(i));
        claims["body.td_attributes"] = Hex(report.AttributeBytes);
        claims["body.tcb_svn"] = Hex(report.TeeTcbSvn);
        claims["body.xfam"] = Hex(report.XfamBytes);
        claims["report_data"] = Hex(report.ReportData.Bytes);
        claims["init_data"] = Hex(report.MrConfigId);
        return claims;
    }

    private static Dictionary<string, ClaimValue> Of(VerifiedQuoteEvidence evidence) => new(StringComparer.Ordinal)
    {
        ["advisory_ids"] = new ClaimValue.Several([.. evidence.Tcb.Advisories.Select(id => (ClaimValue)id)]),
        ["tcb_date"] = $"{evidence.Tcb.TcbDate:yyyy-MM-ddTHH:mm:ssZ}",
        ["tcb_eval_num"] = evidence.Tcb.EvaluationDataNumber,
        ["tcb_status"] = evidence.Tcb.Status.ToString(),
    };

    private static ClaimValue Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
