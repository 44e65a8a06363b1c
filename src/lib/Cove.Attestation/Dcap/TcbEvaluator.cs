using System.Globalization;
using Cove.Attestation.Tdx;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>Finds the TCB levels of platform, quoting enclave and TDX module, and what they come to together.</summary>
internal static class TcbEvaluator
{
    private readonly record struct Parts(TcbLevel Platform, TcbLevel? Module);

    /// <summary>How up to date the platform is; null, with findings, where the collateral does not speak of it.</summary>
    public static TcbEvaluation? Evaluate(Quote quote, PckCertificate pck, TcbInfo info, QeIdentity identity, List<Finding> findings)
    {
        var before = findings.Count;
        CheckScope(quote, pck, info, identity, findings);
        identity.Check(quote.QeReport, findings);
        var enclave = IsvTcbLevel.Of(quote.QeReport.IsvSvn, identity.Levels);
        if (enclave is null)
        {
            var lowest = identity.Levels.Count == 0 ? "none" : $"{identity.Levels[^1].IsvSvn} or higher";
            findings.Add(new("qe-tcb-unknown", "QE report ISVSVN", lowest, $"{quote.QeReport.IsvSvn}", DcapSections.QeIdentity));
        }

        var parts = Judge(pck.Tcb, quote.Td, quote.Td is { } td ? td.TeeTcbSvn : default, info, findings);
        if (findings.Count > before || enclave is null || parts is not { } judged) return null;

        var (platform, module) = judged;
        var status = Together(judged, enclave);
        if (quote.Td is { IsTdx15: true } current) status = AdviseRelaunch(status, Judge(pck.Tcb, current, current.TeeTcbSvn2, info, []), enclave);
        return new TcbEvaluation(
            status,
            platform.Status,
            enclave.Status,
            module?.Status,
            platform.Date,
            Math.Min(info.EvaluationDataNumber, identity.EvaluationDataNumber),
            [.. platform.Advisories.Concat(enclave.Advisories).Concat(module?.Advisories ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    private static void CheckScope(Quote quote, PckCertificate pck, TcbInfo info, QeIdentity identity, List<Finding> findings)
    {
        if (info.Tee != quote.Tee) findings.Add(new("collateral-mismatch", "TCB info id", $"{quote.Tee}", $"{info.Tee}", DcapSections.Tcb));
        if (identity.Tee != quote.Tee)
            findings.Add(new("collateral-mismatch", "QE identity id", $"{quote.Tee}", $"{identity.Tee}", DcapSections.QeIdentity));
        if (!info.Fmspc.Span.SequenceEqual(pck.Fmspc.Span))
            findings.Add(new(
                "collateral-mismatch", "TCB info fmspc", Convert.ToHexStringLower(pck.Fmspc.Span), Convert.ToHexStringLower(info.Fmspc.Span), DcapSections.Tcb));
        if (!info.PceId.Span.SequenceEqual(pck.PceId.Span))
            findings.Add(new(
                "collateral-mismatch", "TCB info pceId", Convert.ToHexStringLower(pck.PceId.Span), Convert.ToHexStringLower(info.PceId.Span), DcapSections.Tcb));
    }

    private static TcbStatus Together(Parts parts, TcbLevel enclave) =>
        TcbStatuses.Worse(TcbStatuses.Worse(parts.Platform.Status, parts.Module?.Status ?? TcbStatus.UpToDate), enclave.Status);

    // TDX can be updated below a running domain (TD preserving): the domain was launched under what TEE_TCB_SVN says and runs on TEE_TCB_SVN2.
    private static TcbStatus AdviseRelaunch(TcbStatus launched, Parts? running, TcbLevel enclave)
    {
        if (launched is not (TcbStatus.OutOfDate or TcbStatus.OutOfDateConfigurationNeeded) || running is not { } parts) return launched;
        return Together(parts, enclave) switch
        {
            TcbStatus.UpToDate => TcbStatus.TDRelaunchAdvised,
            TcbStatus.ConfigurationNeeded => TcbStatus.TDRelaunchAdvisedConfigurationNeeded,
            _ => launched,
        };
    }

    private static Parts? Judge(PckTcb tcb, TdReportBody? td, ReadOnlySpan<byte> tdxSvn, TcbInfo info, List<Finding> findings)
    {
        // From its second generation on, the module has TCB levels of its own, and its two versions are no part of the platform's.
        var moduleApart = td is not null && tdxSvn[1] > 0;
        var module = td is null ? null : FindModule(td, tdxSvn, info, findings);
        foreach (var level in info.Levels)
        {
            if (Reaches(tcb, tdxSvn, moduleApart ? 2 : 0, level)) return new Parts(level.Level, module);
        }

        findings.Add(new("tcb-level-unknown", "TCB components", "one of the levels of the TCB info", Describe(tcb, tdxSvn), DcapSections.Tcb));
        return null;
    }

    private static bool Reaches(PckTcb tcb, ReadOnlySpan<byte> tdxSvn, int tdxFrom, PlatformTcbLevel level)
    {
        if (tcb.PceSvn < level.PceSvn) return false;
        for (var i = 0; i < PlatformTcbLevel.Components; i++)
        {
            if (tcb.Components[i] < level.Sgx[i]) return false;
        }

        for (var i = tdxFrom; i < level.Tdx.Count && !tdxSvn.IsEmpty; i++)
        {
            if (tdxSvn[i] < level.Tdx[i]) return false;
        }

        return true;
    }

    private static TcbLevel? FindModule(TdReportBody td, ReadOnlySpan<byte> tdxSvn, TcbInfo info, List<Finding> findings)
    {
        var (isvSvn, major) = (tdxSvn[0], tdxSvn[1]);
        var id = string.Create(CultureInfo.InvariantCulture, $"TDX_{major:x2}");
        var module = major == 0 ? info.Module : info.Modules.FirstOrDefault(identity => identity.Id == id);
        if (module is null)
        {
            findings.Add(new("tdx-module-unknown", "TEE_TCB_SVN", "a module of the TCB info", id, DcapSections.Tcb));
            return null;
        }

        if (!module.Matches(td))
        {
            var found = $"signer {Convert.ToHexStringLower(td.MrSignerSeam)}, attributes {Convert.ToHexStringLower(td.SeamAttributes)}";
            findings.Add(new("tdx-module-mismatch", "MRSIGNERSEAM, SEAMATTRIBUTES", "those of the TCB info", found, DcapSections.Tcb));
        }

        if (major == 0) return null;
        var level = IsvTcbLevel.Of(isvSvn, module.Levels);
        if (level is null) findings.Add(new("tcb-level-unknown", "TEE_TCB_SVN", $"one of the levels of {id}", $"{isvSvn}", DcapSections.Tcb));
        return level;
    }

    private static string Describe(PckTcb tcb, ReadOnlySpan<byte> tdxSvn)
    {
        var tdx = tdxSvn.IsEmpty ? "" : $", TDX {string.Join(' ', tdxSvn.ToArray())}";
        return $"SGX {string.Join(' ', tcb.Components)}, PCESVN {tcb.PceSvn}{tdx}";
    }
}
