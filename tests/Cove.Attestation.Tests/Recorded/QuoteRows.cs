using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Attestation.Dcap;
using Cove.Attestation.OpenEnclave;
using Cove.Attestation.Tdx;
using Cove.Attestation.Tests.Snp;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Recorded;

/// <summary>
/// SGX and TDX quotes. Most were recorded without collateral: those are genuine but for that, at a time when their PCK certificate was
/// valid, and nothing else is found.
/// </summary>
internal static class QuoteRows
{
    private const string Maa = "azure-samples-maa/";
    private const string Dcap = "coco-trustee/dcap/";
    private const string Tdx = "google-go-tdx-guest/";
    private const string Enclave = "openenclave/";

    public static IEnumerable<RecordedRow> All =>
    [
        .. new[] { "intel-sdk", "oe-sdk" }.SelectMany(sdk => new[] { "debug", "prodid", "release", "securityversion" }.Select(kind =>
            RecordedRow.Of($"{Maa}{sdk}/enclave.info.{kind}.json", () => EnclaveInfo($"{Maa}{sdk}/enclave.info.{kind}.json", kind == "debug")))),
        RecordedRow.Of(Dcap + "occlum_quote.dat", Occlum),
        RecordedRow.Of(Dcap + "tdx_quote_4.dat", () => Assert.Equal(["debug-not-permitted"], Refused(Dcap + "tdx_quote_4.dat"))),
        RecordedRow.Of(Dcap + "parse_tdx_claims_expected.json", Claims),
        RecordedRow.Of(Dcap + "tdx_quote_5.dat", () => Assert.Contains("service-td-not-permitted", Refused(Dcap + "tdx_quote_5.dat"))),
        RecordedRow.Of(Dcap + "tdx_quote_6.dat", OutOfDate),
        RecordedRow.Of(Tdx + "ccel/cos-113-tdx-quote.dat", Padded),
        RecordedRow.Of(Tdx + "ccel/ccel_data.dat", Replay),
        RecordedRow.Of(Tdx + "ccel/ccel_table.dat", () => Assert.Equal(262144ul, CcelTable.Parse(Known.Bytes(Tdx + "ccel/ccel_table.dat")).LogSize)),
        RecordedRow.Supporting(Tdx + "ccel/nonce.dat", Tdx + "ccel/cos-113-tdx-quote.dat"),
        RecordedRow.Of(Tdx + "quote_v5_sample.dat", UpToDate),
        RecordedRow.Of(Tdx + "tdx_prod_quote_SPR_E4.dat", UnknownLevel),
        RecordedRow.Of(Tdx + "report.dat", () => Assert.Throws<MalformedException>(() => TdReport.Parse(Known.Bytes(Tdx + "report.dat")))),
        RecordedRow.Of("coco-guest-components/tdx_report_1.bin", LocalReport),
        RecordedRow.Of(Dcap + "CCEL_data", () => Assert.NotEmpty(EventLog.Parse(Known.Bytes(Dcap + "CCEL_data")).Entries)),
        RecordedRow.Of(Dcap + "CCEL_data_ovmf", () => Assert.NotEmpty(EventLog.Parse(Known.Bytes(Dcap + "CCEL_data_ovmf")).Entries)),
        RecordedRow.Of(Enclave + "sgx_evidence.bin", Hardening),
        RecordedRow.Supporting(Enclave + "sgx_endorsements.bin", Enclave + "sgx_evidence.bin"),
        RecordedRow.Of(Enclave + "sgx_report_bad.bin", TamperedChain),
        RecordedRow.Of(Enclave + "sgx_cert_ec_bad.der", () => CorruptedCertificate(Enclave + "sgx_cert_ec_bad.der")),
        RecordedRow.Of(Enclave + "sgx_cert_rsa_bad.der", () => CorruptedCertificate(Enclave + "sgx_cert_rsa_bad.der")),
    ];

    /// <summary>Nothing but collateral is missing, at a time when the PCK certificate is valid; and one changed bit is noticed.</summary>
    public static void GenuineButForCollateral(QuoteEvidence evidence)
    {
        var time = evidence.Quote.Certificates()[0].NotBefore.AddDays(1);
        var verifier = new EvidenceVerifier();
        Assert.Equal(["collateral-missing"], SnpRows.Rejections(verifier.Verify(evidence, Collateral.None, time)));
        var changed = evidence.Quote.Bytes.ToArray();
        // Of REPORTDATA, its last byte: the end of what is signed.
        changed[evidence.Quote.Signed.Length - 1] ^= 1;
        Assert.Contains("quote-signature-invalid", SnpRows.Rejections(verifier.Verify(QuoteEvidence.Parse(changed), Collateral.None, time)));
    }

    private static void EnclaveInfo(string path, bool debug)
    {
        using var document = JsonDocument.Parse(Known.Bytes(path));
        string Text(string member) => document.RootElement.GetProperty(member).GetString()!;
        var bytes = Convert.FromHexString(Text("QuoteHex"));
        var evidence = OpenEnclaveReport.IsOne(bytes) ? OpenEnclaveReport.Parse(bytes) : QuoteEvidence.Parse(bytes);
        GenuineButForCollateral(evidence with { RuntimeData = RuntimeData.OfBinary(Convert.FromHexString(Text("EnclaveHeldDataHex"))) });
        var report = evidence.Quote.Sgx!;
        Assert.Equal(Text("MrEnclaveHex"), Convert.ToHexString(report.MrEnclave));
        Assert.Equal(Text("MrSignerHex"), Convert.ToHexString(report.MrSigner));
        Assert.Equal(document.RootElement.GetProperty("SecurityVersion").GetInt32(), report.IsvSvn);
        Assert.Equal(debug, report.Attributes.Debug);
    }

    private static void Occlum()
    {
        var evidence = QuoteEvidence.Parse(Known.Bytes(Dcap + "occlum_quote.dat"));
        GenuineButForCollateral(evidence);
        Assert.Equal((8, 13), (evidence.Quote.QeSvn, evidence.Quote.PceSvn));
        Assert.Equal("test", Encoding.ASCII.GetString(evidence.Quote.Sgx!.ReportData.Bytes).TrimEnd('\0'));
    }

    private static IEnumerable<string> Refused(string path)
    {
        var evidence = QuoteEvidence.Parse(Known.Bytes(path));
        GenuineButForCollateral(evidence);
        return SnpRows.Rejections(AppraisalPolicy.GenuineGuests.Appraise(UpToDateOtherwise(evidence.Quote)));
    }

    // As if its collateral had been recorded as well and found the platform up to date: what is left is the guest's own doing.
    private static VerifiedTdxEvidence UpToDateOtherwise(Quote quote)
    {
        using var platform = new Tests.Dcap.SimulatedPlatform();
        return new VerifiedTdxEvidence(simulated: false)
        {
            Quote = quote,
            Pck = PckCertificate.Parse(quote.Certificates()[0]),
            Tcb = new TcbEvaluation(TcbStatus.UpToDate, TcbStatus.UpToDate, TcbStatus.UpToDate, TcbStatus.UpToDate, DateTimeOffset.UnixEpoch, 1, []),
            Collateral = platform.Collateral(QuoteTee.Tdx),
            VerifiedAt = quote.Certificates()[0].NotBefore,
        };
    }

    private static void Claims()
    {
        using var document = JsonDocument.Parse(Known.Bytes(Dcap + "parse_tdx_claims_expected.json"));
        var body = document.RootElement.GetProperty("quote").GetProperty("body");
        var report = Quote.Parse(Known.Bytes(Dcap + "tdx_quote_4.dat")).Td!;
        void Same(string member, ReadOnlySpan<byte> actual) => Assert.Equal(body.GetProperty(member).GetString(), Convert.ToHexStringLower(actual));
        Same("mr_config_id", report.MrConfigId);
        Same("mr_owner", report.MrOwner);
        Same("mr_owner_config", report.MrOwnerConfig);
        Same("mr_seam", report.MrSeam);
        Same("mr_td", report.MrTd);
        Same("mrsigner_seam", report.MrSignerSeam);
        Same("report_data", report.ReportData.Bytes);
        for (var i = 0; i < TdReportBody.RtmrCount; i++) Same($"rtmr_{i}", report.Rtmr(i));
        Same("seam_attributes", report.SeamAttributes);
        Same("tcb_svn", report.TeeTcbSvn);
        Same("td_attributes", report.AttributeBytes);
        Same("xfam", report.XfamBytes);
    }

    private static void OutOfDate()
    {
        var quote = Genuine(Dcap + "tdx_quote_6.dat");
        var tcb = Evaluate(quote, Dcap + "tcbInfo.json", Dcap + "enclaveIdentity.json", out var findings);
        Assert.Empty(findings);
        Assert.Equal((TcbStatus.OutOfDate, TcbStatus.OutOfDate, TcbStatus.UpToDate), (tcb!.Status, tcb.Platform, tcb.Module));
    }

    private static void Padded()
    {
        var quote = Genuine(Tdx + "ccel/cos-113-tdx-quote.dat");
        Assert.Equal(8000, quote.Bytes.Length + quote.TrailingLength);
        Assert.Equal(Known.Bytes(Tdx + "ccel/nonce.dat"), quote.Td!.ReportData.Bytes.ToArray());
    }

    private static void Replay()
    {
        var log = Known.Bytes(Tdx + "ccel/ccel_data.dat");
        var report = Quote.Parse(Known.Bytes(Tdx + "ccel/cos-113-tdx-quote.dat")).Td!;
        Assert.Empty(EventLog.Parse(log).Check(report));
        var entries = EventLog.Parse(log).Entries;
        var digest = entries.First(entry => entry.IsMeasured).Digest;
        log[log.AsSpan().IndexOf(digest.Span)] ^= 1;
        Assert.NotEmpty(EventLog.Parse(log).Check(report));
    }

    private static void UpToDate()
    {
        var tcb = Evaluate(Genuine(Tdx + "quote_v5_sample.dat"), Tdx + "sample_tcbinfo_response_v5", Tdx + "sample_qeIdentity_response", out var findings);
        Assert.Empty(findings);
        Assert.Equal(TcbStatus.UpToDate, tcb!.Status);
    }

    private static void UnknownLevel()
    {
        var quote = Genuine(Tdx + "tdx_prod_quote_SPR_E4.dat");
        Assert.Equal(39, quote.TrailingLength);
        Assert.Null(Evaluate(quote, Tdx + "sample_tcbInfo_response", Tdx + "sample_qeIdentity_response", out var findings));
        Assert.Equal(["tcb-level-unknown"], findings.Select(finding => finding.Code));
    }

    private static void LocalReport()
    {
        var bytes = Known.Bytes("coco-guest-components/tdx_report_1.bin");
        Assert.Equal(bytes, TdReport.Parse(bytes).Bytes.ToArray());
        foreach (var at in (int[])[300, 600])
        {
            // Within TEE_TCB_INFO and within TDINFO: each is under a hash.
            var changed = bytes.ToArray();
            changed[at] ^= 1;
            Assert.Throws<MalformedException>(() => TdReport.Parse(changed));
        }
    }

    private static void Hardening()
    {
        var evidence = OpenEnclaveEvidence.ParseSgxEcdsa(Known.Bytes(Enclave + "sgx_evidence.bin"));
        var collateral = new Collateral { Dcap = OpenEnclaveEndorsements.Parse(Known.Bytes(Enclave + "sgx_endorsements.bin")) };
        Assert.True(new EvidenceVerifier().Verify(evidence, collateral, Known.At("2022-04-27")).IsAccepted(out var genuine, out var findings), string.Join('\n', findings));
        Assert.Equal(TcbStatus.SWHardeningNeeded, Assert.IsType<VerifiedSgxEvidence>(genuine).Tcb.Status);
        Assert.Equal(["debug-not-permitted", "tcb-status-not-accepted"], SnpRows.Rejections(AppraisalPolicy.GenuineGuests.Appraise(genuine)).Order());
        var lenient = AppraisalPolicy.GenuineGuests.Sgx! with { PermitDebug = true, Tcb = new TcbRequirements { AcceptedStatuses = [TcbStatus.SWHardeningNeeded] } };
        Assert.True((AppraisalPolicy.GenuineGuests with { Sgx = lenient }).Appraise(genuine).IsAccepted(out _, out _));
        // Before the collateral was issued, and after its next update.
        Assert.Contains("collateral-not-yet-valid", SnpRows.Rejections(new EvidenceVerifier().Verify(evidence, collateral, Known.At("2022-04-26"))));
        Assert.Contains("collateral-expired", SnpRows.Rejections(new EvidenceVerifier().Verify(evidence, collateral, Known.At("2022-05-28"))));
    }

    private static void TamperedChain()
    {
        var evidence = OpenEnclaveReport.Parse(Known.Bytes(Enclave + "sgx_report_bad.bin"));
        var time = evidence.Quote.Certificates()[0].NotBefore.AddDays(1);
        // The name of the authority between PCK and root was changed, so nothing in the chain signs the PCK certificate.
        Assert.Equal(["certificate-chain-incomplete"], SnpRows.Rejections(new EvidenceVerifier().Verify(evidence, Collateral.None, time)));
    }

    private static void CorruptedCertificate(string path)
    {
        var attested = AttestedTlsCertificate.Parse(Certificate.Parse(Known.Bytes(path)));
        Assert.Contains("attested-certificate-invalid", SnpRows.Rejections(attested.Verify(new EvidenceVerifier(), Collateral.None, attested.Certificate.NotBefore.AddSeconds(1))));
        // The evidence within binds the certificate's key all the same.
        Assert.Equal(attested.Evidence.Quote.Sgx!.ReportData.Bytes[..32], SHA256.HashData(attested.Evidence.RuntimeData!.Bytes.Span));
    }

    private static Quote Genuine(string path)
    {
        var evidence = QuoteEvidence.Parse(Known.Bytes(path));
        GenuineButForCollateral(evidence);
        return evidence.Quote;
    }

    private static TcbEvaluation? Evaluate(Quote quote, string info, string identity, out List<Finding> findings)
    {
        findings = [];
        return TcbEvaluator.Evaluate(quote, PckCertificate.Parse(quote.Certificates()[0]), TcbInfo.Parse(Known.Bytes(info)), QeIdentity.Parse(Known.Bytes(identity)), findings);
    }
}
