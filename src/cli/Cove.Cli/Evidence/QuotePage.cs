using Cove.Attestation.Dcap;
using Cove.Attestation.Sgx;
using Cove.Attestation.Tdx;

namespace Cove.Cli.Evidence;

/// <summary>The fields of a quote, in Intel's names and order.</summary>
internal static class QuotePage
{
    public static IEnumerable<(string Field, string Value)> Fields(Quote quote)
    {
        yield return ("VERSION", $"{quote.Version}");
        yield return ("TEE_TYPE", $"{quote.Tee}");
        yield return ("QE_SVN", $"{quote.QeSvn}");
        yield return ("PCE_SVN", $"{quote.PceSvn}");
        foreach (var field in quote.Td is { } td ? Fields(td) : Fields(quote.Sgx!)) yield return field;
        yield return ("QE.MRSIGNER", Hex(quote.QeReport.MrSigner));
        yield return ("QE.ISVSVN", $"{quote.QeReport.IsvSvn}");
        yield return ("CERTIFICATION", $"{quote.CertificationType}");
        if (quote.TrailingLength > 0) yield return ("TRAILING", $"{quote.TrailingLength} bytes after the quote, not part of it");
    }

    private static IEnumerable<(string Field, string Value)> Fields(SgxReportBody report)
    {
        yield return ("CPUSVN", Hex(report.CpuSvn));
        yield return ("ATTRIBUTES", $"{report.Attributes}{(report.Attributes.Debug ? " (DEBUG)" : "")}");
        yield return ("MRENCLAVE", Hex(report.MrEnclave));
        yield return ("MRSIGNER", Hex(report.MrSigner));
        yield return ("ISVPRODID", $"{report.IsvProdId}");
        yield return ("ISVSVN", $"{report.IsvSvn}");
        if (report.Attributes.KeySeparation)
        {
            yield return ("CONFIGID", Hex(report.ConfigId));
            yield return ("CONFIGSVN", $"{report.ConfigSvn}");
            yield return ("ISVFAMILYID", Hex(report.IsvFamilyId));
            yield return ("ISVEXTPRODID", Hex(report.IsvExtendedProductId));
        }

        yield return ("REPORTDATA", Hex(report.ReportData.Bytes));
    }

    private static IEnumerable<(string Field, string Value)> Fields(TdReportBody report)
    {
        yield return ("TEE_TCB_SVN", Hex(report.TeeTcbSvn));
        yield return ("MRSEAM", Hex(report.MrSeam));
        yield return ("MRSIGNERSEAM", Hex(report.MrSignerSeam));
        yield return ("TDATTRIBUTES", $"{report.Attributes}{(report.Attributes.Debug ? " (DEBUG)" : "")}");
        yield return ("XFAM", $"0x{report.Xfam:x}");
        yield return ("MRTD", Hex(report.MrTd));
        yield return ("MRCONFIGID", Hex(report.MrConfigId));
        yield return ("MROWNER", Hex(report.MrOwner));
        yield return ("MROWNERCONFIG", Hex(report.MrOwnerConfig));
        for (var i = 0; i < TdReportBody.RtmrCount; i++) yield return ($"RTMR{i}", Hex(report.Rtmr(i)));
        yield return ("REPORTDATA", Hex(report.ReportData.Bytes));
        if (!report.IsTdx15) yield break;
        yield return ("TEE_TCB_SVN_2", Hex(report.TeeTcbSvn2));
        yield return ("MRSERVICETD", Hex(report.MrServiceTd));
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => bytes.ContainsAnyExcept((byte)0) ? Convert.ToHexStringLower(bytes) : "0";
}
