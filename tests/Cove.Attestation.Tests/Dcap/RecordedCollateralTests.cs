using System.Text;
using Cove.Attestation.Dcap;
using Cove.Attestation.Tests.Snp;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Dcap;

/// <summary>Every row of the vectors that is collateral, alone and with the quotes it is for.</summary>
public sealed class RecordedCollateralTests
{
    private const string Go = "google-go-tdx-guest/";
    private const string Trustee = "coco-trustee/dcap/";

    [Theory]
    [InlineData(Go + "sample_tcbInfo_response", true)]
    [InlineData(Go + "sample_tcbinfo_response_v5", true)]
    [InlineData(Trustee + "tcbInfo.json", true)]
    [InlineData("openenclave/tcbinfo_sgx.json", false)]
    public void Recorded_TCB_info_is_signed_by_Intel_unless_it_was_formatted_anew(string path, bool signed)
    {
        var document = TcbInfo.Parse(Known.Bytes(path)).Document;
        Assert.Equal(signed, Key().Verifies(document.Signed.Span, document.Signature.Span));
        var changed = document.Signed.ToArray();
        changed[^2] ^= 1;
        Assert.False(Key().Verifies(changed, document.Signature.Span));
    }

    [Theory]
    [InlineData(Go + "sample_qeIdentity_response")]
    [InlineData(Trustee + "enclaveIdentity.json")]
    public void A_recorded_QE_identity_is_signed_by_Intel(string path)
    {
        var document = QeIdentity.Parse(Known.Bytes(path)).Document;
        Assert.True(Key().Verifies(document.Signed.Span, document.Signature.Span));
    }

    [Fact]
    public void Recorded_chains_lead_to_Intels_root()
    {
        foreach (var path in (string[])["pckCrlIssuerChain.pem", "qeIdentityIssuerChain.pem", "tcbInfoIssuerChain.pem"])
        {
            var chain = CertificatePem.Parse(Known.Bytes(Go + path));
            Assert.Empty(CertificatePath.Verify(chain, Known.At("2023-06-20")));
            Assert.True(DcapTrustAnchors.Intel.Trusts(chain[^1], out var simulated));
            Assert.False(simulated);
            Assert.False(DcapTrustAnchors.Intel.Trusts(chain[0], out _));
        }
    }

    [Fact]
    public void The_production_quote_reaches_no_level_of_its_recorded_TCB_info()
    {
        var evidence = QuoteEvidence.Parse(Known.Bytes(Go + "tdx_prod_quote_SPR_E4.dat"));
        Assert.Equal(["tcb-level-unknown"], Codes(evidence, Files("sample_tcbInfo_response", "sample_qeIdentity_response"), "2023-06-19"));
        // TCB info of 18 July, QE identity and list of 8 July.
        Assert.Equal(["collateral-not-yet-valid", "tcb-level-unknown"], Codes(evidence, Files("sample_tcbInfo_response", "sample_qeIdentity_response"), "2023-06-17"));
        Assert.Equal(["crl-expired", "collateral-expired", "tcb-level-unknown"], Codes(evidence, Files("sample_tcbInfo_response", "sample_qeIdentity_response"), "2023-07-09"));
    }

    [Fact]
    public void The_sample_quote_of_version_5_is_up_to_date_by_its_TCB_info()
    {
        var quote = Quote.Parse(Known.Bytes(Go + "quote_v5_sample.dat"));
        List<Finding> findings = [];
        var tcb = TcbEvaluator.Evaluate(
            quote, PckCertificate.Parse(quote.Certificates()[0]), TcbInfo.Parse(Known.Bytes(Go + "sample_tcbinfo_response_v5")), QeIdentity.Parse(Known.Bytes(Go + "sample_qeIdentity_response")), findings);
        Assert.Empty(findings);
        Assert.Equal((TcbStatus.UpToDate, 15), (tcb!.Status, tcb.EvaluationDataNumber));
        // Everything else of that collateral is three years older than the TCB info, and each part says so.
        Assert.Equal(
            ["certificate-expired", "crl-expired", "crl-expired", "collateral-expired"],
            Codes(QuoteEvidence.Of(quote), Files("sample_tcbinfo_response_v5", "sample_qeIdentity_response"), "2026-02-03T01:00:00Z"));
    }

    [Fact]
    public void The_quote_with_an_old_provisioning_enclave_is_out_of_date_and_its_module_is_not()
    {
        var quote = Quote.Parse(Known.Bytes(Trustee + "tdx_quote_6.dat"));
        var pck = PckCertificate.Parse(quote.Certificates()[0]);
        Assert.Equal(("00a06d080000", 11), (Convert.ToHexStringLower(pck.Fmspc.Span), pck.Tcb.PceSvn));
        List<Finding> findings = [];
        var tcb = TcbEvaluator.Evaluate(quote, pck, TcbInfo.Parse(Known.Bytes(Trustee + "tcbInfo.json")), QeIdentity.Parse(Known.Bytes(Trustee + "enclaveIdentity.json")), findings);
        Assert.Empty(findings);
        Assert.Equal((TcbStatus.OutOfDate, TcbStatus.OutOfDate, (TcbStatus?)TcbStatus.UpToDate), (tcb!.Status, tcb.Platform, tcb.Module));
        Assert.Equal((byte)3, quote.Td!.TeeTcbSvn[1]);
    }

    [Fact]
    public void The_platforms_certificate_gives_what_another_verifier_read_of_it()
    {
        using var expected = System.Text.Json.JsonDocument.Parse(Known.Bytes(Trustee + "parse_tdx_claims_expected.json"));
        var pck = PckCertificate.Parse(Quote.Parse(Known.Bytes(Trustee + "tdx_quote_4.dat")).Certificates()[0]);
        Assert.Equal(16, pck.PlatformInstanceId.Length);
        // That verifier prints the id backwards.
        var id = pck.PlatformInstanceId.ToArray();
        var theirs = expected.RootElement.GetProperty("platform_instance_id").GetString();
        Assert.Contains(theirs, (string[])[Convert.ToHexStringLower(id), Convert.ToHexStringLower([.. id.Reverse()])]);
    }

    private static IEnumerable<string> Codes(QuoteEvidence evidence, DcapCollateral collateral, string at)
    {
        Assert.False(new EvidenceVerifier().Verify(evidence, new Collateral { Dcap = collateral }, Known.At(at)).IsAccepted(out _, out var findings));
        return findings.Select(finding => finding.Code);
    }

    private static DcapCollateral Files(string tcbInfo, string qeIdentity) => DcapCollateral.FromFiles(new Dictionary<string, ReadOnlyMemory<byte>>
    {
        ["pck_crl_issuer_chain"] = Known.Bytes(Go + "pckCrlIssuerChain.pem"),
        ["root_ca_crl"] = Encoding.ASCII.GetBytes(Convert.ToHexString(Known.Bytes(Go + "rootcrl.der"))),
        ["pck_crl"] = Known.Bytes(Go + "pckcrl"),
        ["tcb_info_issuer_chain"] = Known.Bytes(Go + "tcbInfoIssuerChain.pem"),
        ["tcb_info"] = Known.Bytes(Go + tcbInfo),
        ["qe_identity_issuer_chain"] = Known.Bytes(Go + "qeIdentityIssuerChain.pem"),
        ["qe_identity"] = Known.Bytes(Go + qeIdentity),
    });

    private static P256Key Key() => P256Key.OfSubject(CertificatePem.Parse(Known.Bytes(Go + "tcbInfoIssuerChain.pem"))[0].SubjectPublicKeyInfo);
}
