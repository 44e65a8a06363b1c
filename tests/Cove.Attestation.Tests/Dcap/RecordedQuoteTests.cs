using System.Security.Cryptography;
using System.Text.Json;
using Cove.Attestation.Dcap;
using Cove.Attestation.OpenEnclave;
using Cove.Attestation.Tests.Snp;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Dcap;

/// <summary>Every SGX and TDX row of the vectors, with the result that its table lists.</summary>
public sealed class RecordedQuoteTests
{
    private const string Samples = "azure-samples-maa/";
    private const string Go = "google-go-tdx-guest/";
    private const string Trustee = "coco-trustee/dcap/";

    /// <summary>Quotes that came without collateral, with the time to verify at.</summary>
    public static TheoryData<string, string> WithoutCollateral => new()
    {
        { Trustee + "occlum_quote.dat", "2023-05-01" },
        { Trustee + "tdx_quote_4.dat", "2023-02-08" },
        { Trustee + "tdx_quote_5.dat", "2025-11-01" },
        { Trustee + "tdx_quote_6.dat", "2025-10-28" },
        { Go + "ccel/cos-113-tdx-quote.dat", "2024-07-03" },
        { Go + "quote_v5_sample.dat", "2026-02-03" },
        { Go + "tdx_prod_quote_SPR_E4.dat", "2023-06-19" },
    };

    [Theory, MemberData(nameof(WithoutCollateral))]
    public void Signature_quoting_enclave_and_chain_of_a_recorded_quote_hold(string path, string at) =>
        Assert.Equal(["collateral-missing"], Codes(new EvidenceVerifier().Verify(QuoteEvidence.Parse(Known.Bytes(path)), Collateral.None, Known.At(at))));

    public static TheoryData<string, string> EnclaveInfos => new(
        from sdk in (string[])["intel-sdk", "oe-sdk"]
        from variant in (string[])["debug", "prodid", "release", "securityversion"]
        select ($"{Samples}{sdk}/enclave.info.{variant}.json", sdk == "intel-sdk" ? "2023-02-28" : "2021-02-23"));

    [Theory, MemberData(nameof(EnclaveInfos))]
    public void A_recorded_enclave_quote_binds_the_data_that_it_held(string path, string at)
    {
        using var info = JsonDocument.Parse(Known.Bytes(path));
        var bytes = Convert.FromHexString(info.RootElement.GetProperty("QuoteHex").GetString()!);
        var evidence = OpenEnclaveReport.IsOne(bytes) ? OpenEnclaveReport.Parse(bytes) : QuoteEvidence.Parse(bytes);
        var held = evidence with { RuntimeData = RuntimeData.OfBinary(Convert.FromHexString(info.RootElement.GetProperty("EnclaveHeldDataHex").GetString()!)) };
        var verifier = new EvidenceVerifier();
        Assert.Equal(["collateral-missing"], Codes(verifier.Verify(held, Collateral.None, Known.At(at))));
        Assert.Equal(
            ["runtime-data-mismatch", "collateral-missing"], Codes(verifier.Verify(evidence with { RuntimeData = RuntimeData.OfBinary([1]) }, Collateral.None, Known.At(at))));

        var report = evidence.Quote.Sgx!;
        Assert.Equal(info.RootElement.GetProperty("MrEnclaveHex").GetString(), Convert.ToHexString(report.MrEnclave));
        Assert.Equal(info.RootElement.GetProperty("MrSignerHex").GetString(), Convert.ToHexString(report.MrSigner));
        Assert.Equal(info.RootElement.GetProperty("SecurityVersion").GetInt32(), report.IsvSvn);
        Assert.Equal(info.RootElement.GetProperty("ProductIdHex").GetString()![..4], Convert.ToHexString([(byte)report.IsvProdId, (byte)(report.IsvProdId >> 8)]));
        Assert.Equal(path.Contains("debug", StringComparison.Ordinal), report.Attributes.Debug);
        if (path.Contains("intel-sdk/enclave.info.debug", StringComparison.Ordinal)) Assert.Equal(7UL, report.Attributes.Flags);
    }

    [Fact]
    public void The_Occlum_quote_has_its_report_data_and_versions()
    {
        var quote = Quote.Parse(Known.Bytes(Trustee + "occlum_quote.dat"));
        Assert.StartsWith("test\0", System.Text.Encoding.ASCII.GetString(quote.Sgx!.ReportData.Bytes), StringComparison.Ordinal);
        Assert.Equal((8, 13), (quote.QeSvn, quote.PceSvn));
    }

    [Fact]
    public void Recorded_Open_Enclave_evidence_with_its_endorsements_is_genuine_and_needs_software_hardening()
    {
        var evidence = OpenEnclaveEvidence.ParseSgxEcdsa(Known.Bytes("openenclave/sgx_evidence.bin"));
        var collateral = new Collateral { Dcap = OpenEnclaveEndorsements.Parse(Known.Bytes("openenclave/sgx_endorsements.bin")) };
        var verdict = new EvidenceVerifier().Verify(evidence, collateral, Known.At("2022-04-27"));
        Assert.True(verdict.IsAccepted(out var genuine, out var findings), string.Join('\n', findings));
        var verified = Assert.IsType<VerifiedSgxEvidence>(genuine);
        Assert.Equal((TcbStatus.SWHardeningNeeded, 12, false), (verified.Tcb.Status, verified.Tcb.EvaluationDataNumber, verified.IsSimulated));
        // TCB info of version 2 names no advisories.
        Assert.Empty(verified.Tcb.Advisories);

        // A debug enclave on a platform that is not up to date: both are said.
        Assert.False(AppraisalPolicy.GenuineGuests.Appraise(verified).IsAccepted(out _, out var refused));
        Assert.Equal(["debug-not-permitted", "tcb-status-not-accepted"], refused.Select(finding => finding.Code));
        var named = AppraisalPolicy.GenuineGuests.Sgx! with { PermitDebug = true, Tcb = new TcbRequirements { AcceptedStatuses = [TcbStatus.SWHardeningNeeded] } };
        Assert.True((AppraisalPolicy.GenuineGuests with { Sgx = named }).Appraise(verified).IsAccepted(out var claims, out _));
        Assert.Equal("true", claims.Claims["x-ms-sgx-is-debuggable"].ToString());
        // The window ends with the earliest next update, that of TCB info.
        foreach (var (at, accepted) in (ReadOnlySpan<(string, bool)>)[("2022-04-26T23:28:09Z", true), ("2022-04-26T23:28:08Z", false), ("2022-05-26T22:39:25Z", true), ("2022-05-26T22:39:26Z", false)])
            Assert.Equal(accepted, new EvidenceVerifier().Verify(evidence, collateral, Known.At(at)).IsAccepted(out _, out _));
        // The same collateral through the JSON form.
        var again = DcapCollateral.Parse(collateral.Dcap.ToJson());
        Assert.Equal(collateral.Dcap.Fingerprint, again.Fingerprint);
    }

    [Fact]
    public void The_recorded_report_with_a_tampered_intermediate_fails_in_its_chain()
    {
        var evidence = OpenEnclaveReport.Parse(Known.Bytes("openenclave/sgx_report_bad.bin"));
        try
        {
            Assert.Contains(
                Codes(new EvidenceVerifier().Verify(evidence, Collateral.None, Known.At("2020-01-01"))), code => code is "certificate-signature-invalid" or "certificate-chain-incomplete");
        }
        catch (MalformedException malformed)
        {
            Assert.Contains("certificate", malformed.Format, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("openenclave/sgx_cert_ec_bad.der")]
    [InlineData("openenclave/sgx_cert_rsa_bad.der")]
    public void A_recorded_attested_certificate_whose_own_signature_is_wrong_is_refused(string path)
    {
        var attested = AttestedTlsCertificate.Parse(Certificate.Parse(Known.Bytes(path)));
        Assert.Equal(["attested-certificate-invalid"], Codes(attested.Verify(new EvidenceVerifier(), Collateral.None, Known.At("2020-01-01"))));
        // The key binding does hold.
        Assert.Equal(ReportData.FromRuntimeData(attested.Evidence.RuntimeData!.Bytes.Span), attested.Evidence.Quote.Sgx!.ReportData);
    }

    [Theory]
    [InlineData("maa.prod.uks.signing.cert.cer")]
    [InlineData("sample.signing.cert.cer")]
    [InlineData("uksouth.signing.cert.cer")]
    public void The_quote_in_a_signing_certificate_of_Azure_Attestation_binds_its_key(string file)
    {
        var text = System.Text.Encoding.ASCII.GetString(Known.Bytes(Samples + "service/" + file)).Trim();
        // One was cut out of its key set with the key id behind it.
        var parts = text.Split("\"],\"kid\":\"");
        var attested = AttestedTlsCertificate.Parse(Certificate.Parse(Convert.FromBase64String(parts[0])));
        if (parts.Length > 1) Assert.Equal(parts[1], Convert.ToBase64String(attested.Evidence.Quote.Sgx!.ReportData.Bytes[..32]));
        Assert.Equal(["collateral-missing"], Codes(new EvidenceVerifier().Verify(attested.Evidence, Collateral.None, Known.At("2020-08-01"))));
        // Its own key has 1024 bits, which is too little to believe it without.
        Assert.Equal(["attested-certificate-invalid"], Codes(attested.Verify(new EvidenceVerifier(), Collateral.None, Known.At("2020-08-01"))));
    }

    [Fact]
    public void A_signing_certificate_without_a_quote_is_no_attested_certificate()
    {
        var certificate = Certificate.Parse(Convert.FromBase64String(System.Text.Encoding.ASCII.GetString(Known.Bytes(Samples + "service/eus2.signing.cert.cer"))));
        Assert.False(AttestedTlsCertificate.IsOne(certificate));
        Assert.Throws<MalformedException>(() => AttestedTlsCertificate.Parse(certificate));
    }

    [Fact]
    public void The_key_id_of_an_attested_signing_key_is_what_its_quote_binds()
    {
        using var jwks = JsonDocument.Parse(Known.Bytes(Samples + "service/get.certs.response.body.json"));
        var attested = 0;
        foreach (var key in jwks.RootElement.GetProperty("keys").EnumerateArray())
        {
            var certificate = Certificate.Parse(key.GetProperty("x5c")[0].GetBytesFromBase64());
            if (!AttestedTlsCertificate.IsOne(certificate))
            {
                // Keys of the PKI are known by their certificate's thumbprint.
                Assert.Equal(key.GetProperty("kid").GetString(), Base64Url.Encode(SHA1.HashData(certificate.Der.Span)));
                continue;
            }

            attested++;
            var evidence = AttestedTlsCertificate.Parse(certificate).Evidence;
            Assert.Equal(key.GetProperty("kid").GetString(), Convert.ToBase64String(evidence.Quote.Sgx!.ReportData.Bytes[..32]));
            Assert.Equal(["collateral-missing"], Codes(new EvidenceVerifier().Verify(evidence, Collateral.None, Known.At("2020-08-01"))));
        }

        Assert.Equal(1, attested);
    }

    [Fact]
    public void The_recorded_request_gives_the_claims_of_the_recorded_token()
    {
        using var request = JsonDocument.Parse(Known.Bytes(Samples + "service/post.attest.body.json"));
        using var token = JsonDocument.Parse(Claims());
        var evidence = OpenEnclaveReport.Parse(Bytes("Quote")) with { RuntimeData = RuntimeData.OfBinary(Bytes("EnclaveHeldData")) };
        Assert.Equal(["collateral-missing"], Codes(new EvidenceVerifier().Verify(evidence, Collateral.None, Known.At("2020-05-28"))));

        var claims = Cove.Attestation.Claims.SgxClaims.Of(Pretend((SgxEvidence)evidence));
        foreach (var name in (string[])["is-debuggable", "maa-ehd", "product-id", "sgx-mrenclave", "sgx-mrsigner", "svn", "tee"])
            Assert.Equal(token.RootElement.GetProperty(name).ToString().ToLowerInvariant(), claims[name].ToString().ToLowerInvariant());
        using var collateral = JsonDocument.Parse(claims["maa-attestationcollateral"].ToString());
        var recorded = token.RootElement.GetProperty("maa-attestationcollateral");
        Assert.Equal(recorded.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal), collateral.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(recorded.GetProperty("maa-quotehash").GetString(), collateral.RootElement.GetProperty("maa-quotehash").GetString());

        byte[] Bytes(string name) => Base64Url.Decode(request.RootElement.GetProperty(name).GetString()!.TrimEnd('='), "request", name);

        // The recording is the token's header and, after an empty line, its payload.
        byte[] Claims() => System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(Known.Bytes(Samples + "service/post.attest.response.jwt.body.json")).ReplaceLineEndings("\n").Split("\n\n")[1]);
    }

    [Fact]
    public void A_debug_domain_and_one_with_a_service_domain_are_refused_by_a_strict_appraisal()
    {
        Assert.Equal(["debug-not-permitted"], Appraise(Trustee + "tdx_quote_4.dat"));
        Assert.Equal(["service-td-not-permitted"], Appraise(Trustee + "tdx_quote_5.dat"));
        Assert.Empty(Appraise(Trustee + "tdx_quote_6.dat"));
        Assert.Empty(Appraise(Go + "quote_v5_sample.dat"));

        static IEnumerable<string> Appraise(string path) =>
            AppraisalPolicy.GenuineGuests.Tdx!.Appraise(Pretend(TdxEvidence.Parse(Known.Bytes(path)))).Select(finding => finding.Code);
    }

    [Fact]
    public void Claims_of_a_recorded_domain_are_those_that_another_verifier_extracted()
    {
        using var expected = JsonDocument.Parse(Known.Bytes(Trustee + "parse_tdx_claims_expected.json"));
        var claims = Cove.Attestation.Claims.TdxClaims.Of(Pretend(TdxEvidence.Parse(Known.Bytes(Trustee + "tdx_quote_4.dat"))));
        var body = expected.RootElement.GetProperty("quote").GetProperty("body");
        foreach (var (name, theirs) in (ReadOnlySpan<(string, string)>)
            [("tdx_mrconfigid", "mr_config_id"), ("tdx_mrowner", "mr_owner"), ("tdx_mrownerconfig", "mr_owner_config"), ("tdx_mrseam", "mr_seam"), ("tdx_mrtd", "mr_td"),
                ("tdx_mrsignerseam", "mrsigner_seam"), ("tdx_report_data", "report_data"), ("tdx_rtmr0", "rtmr_0"), ("tdx_rtmr1", "rtmr_1"), ("tdx_rtmr2", "rtmr_2"), ("tdx_rtmr3", "rtmr_3"),
                ("tdx_seam_attributes", "seam_attributes"), ("tdx_tee_tcb_svn", "tcb_svn"), ("tdx_td_attributes", "td_attributes"), ("tdx_xfam", "xfam")])
            Assert.Equal(body.GetProperty(theirs).GetString(), claims[name].ToString());
        var attributes = expected.RootElement.GetProperty("td_attributes");
        Assert.Equal(attributes.GetProperty("debug").GetBoolean().ToString().ToLowerInvariant(), claims["tdx_td_attributes_debug"].ToString());
        Assert.Equal(attributes.GetProperty("septve_disable").GetBoolean().ToString().ToLowerInvariant(), claims["tdx_td_attributes_septve_disable"].ToString());
        Assert.Equal("enabled", claims["dbgstat"].ToString());
    }

    /// <summary>Evidence as if it had been verified, to look at what comes after: the collateral of these recordings is not there.</summary>
    internal static VerifiedSgxEvidence Pretend(SgxEvidence evidence) => new(simulated: false)
    {
        Quote = evidence.Quote, Pck = PckCertificate.Parse(evidence.Quote.Certificates()[0]), Tcb = UpToDate, VerifiedAt = default, RuntimeData = evidence.RuntimeData,
        Collateral = OpenEnclaveEndorsements.Parse(Known.Bytes("openenclave/sgx_endorsements.bin")),
    };

    internal static VerifiedTdxEvidence Pretend(TdxEvidence evidence) => new(simulated: false)
    {
        Quote = evidence.Quote, Pck = PckCertificate.Parse(evidence.Quote.Certificates()[0]), Tcb = UpToDate, VerifiedAt = default, RuntimeData = evidence.RuntimeData,
        Collateral = OpenEnclaveEndorsements.Parse(Known.Bytes("openenclave/sgx_endorsements.bin")),
    };

    private static TcbEvaluation UpToDate => new(TcbStatus.UpToDate, TcbStatus.UpToDate, TcbStatus.UpToDate, null, default, 1, []);

    private static IEnumerable<string> Codes(Verdict<VerifiedEvidence> verdict)
    {
        Assert.False(verdict.IsAccepted(out _, out var findings));
        return findings.Select(finding => finding.Code);
    }
}
