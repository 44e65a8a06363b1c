using System.Text.Json;
using Cove.Attestation.Snp;
using Cove.Formats.Der;

namespace Cove.Attestation.Tests.Snp;

/// <summary>Every SNP row of the vectors, with the result that its table lists.</summary>
public sealed class RecordedEvidenceTests
{
    private const string Milan = "google-go-sev-guest/trust/ask_ark_milan.pem";
    private const string TrusteeMilan = "coco-trustee/snp/milan_ask_ark_asvk.pem";
    private const string TrusteeReport = "coco-trustee/snp/test-report.bin";

    public static TheoryData<string, string, string, string, uint, string> Accepted => new()
    {
        { "google-go-sev-guest/attestation.bin", "google-go-sev-guest/vcek.testcer", Milan, "2022-09-25", 2, "Milan" },
        { "virtee-sev/certs_data/report_milan.hex", "virtee-sev/certs_data/vcek_milan.der", "virtee-sev/certs_data/cert_chain_milan", "2023-04-04", 2, "Milan" },
        { TrusteeReport, "coco-trustee/snp/test-vcek.der", TrusteeMilan, "2023-01-25", 2, "Milan" },
        { "coco-trustee/snp/test-vlek-report.bin", "coco-trustee/snp/test-vlek.der", TrusteeMilan, "2024-12-11", 3, "Milan" },
        { "coco-trustee/snp/e2e-genoa-report.rebuilt.bin", "coco-trustee/snp/e2e-genoa-vcek.der", "coco-trustee/snp/genoa_ask_ark_asvk.pem", "2025-05-28", 3, "Genoa" },
        { "microsoft-confidential-sidecar/attest/snp_report.bin", "microsoft-confidential-sidecar/attest/uvm_host_amd_certificate.pem", Milan, "2022-11-30", 2, "Milan" },
    };

    [Theory, MemberData(nameof(Accepted))]
    public void A_recorded_report_with_its_certificates_is_genuine(string report, string key, string chain, string at, uint version, string product)
    {
        var verdict = new EvidenceVerifier().Verify(Known.Evidence(report, key, chain), Collateral.None, Known.At(at));
        Assert.True(verdict.IsAccepted(out var verified, out var findings), string.Join('\n', findings));
        var snp = Assert.IsType<VerifiedSnpEvidence>(verified);
        Assert.Equal(version, snp.Report.Version);
        Assert.Equal(product, snp.Product.ToString());
        Assert.False(snp.IsSimulated);
    }

    [Fact]
    public void Certificates_may_come_as_collateral_instead()
    {
        var evidence = new SnpEvidence(Known.Bytes(TrusteeReport), []);
        var collateral = new Collateral { Certificates = Known.Certificates(TrusteeMilan, "coco-trustee/snp/test-vcek.der") };
        Assert.True(new EvidenceVerifier().Verify(evidence, collateral, Known.At("2023-01-25")).IsAccepted(out _, out _));
        Assert.False(new EvidenceVerifier().Verify(evidence, Collateral.None, Known.At("2023-01-25")).IsAccepted(out _, out var findings));
        Assert.Equal("certificate-chain-incomplete", Assert.Single(findings).Code);
    }

    [Fact]
    public void The_debuggable_guest_is_genuine_and_not_acceptable()
    {
        var evidence = Known.Evidence("google-go-sev-guest/attestation.bin", "google-go-sev-guest/vcek.testcer", Milan);
        Assert.True(new EvidenceVerifier().Verify(evidence, Collateral.None, Known.At("2022-09-25")).IsAccepted(out var verified, out _));
        Assert.False(AppraisalPolicy.GenuineGuests.Appraise(verified).IsAccepted(out _, out var findings));
        Assert.Equal("debug-not-permitted", Assert.Single(findings).Code);
    }

    [Fact]
    public void The_report_of_privilege_level_1_is_acceptable_only_where_that_level_is()
    {
        var evidence = Known.Evidence("coco-trustee/snp/test-vlek-report.bin", "coco-trustee/snp/test-vlek.der", TrusteeMilan);
        Assert.True(new EvidenceVerifier().Verify(evidence, Collateral.None, Known.At("2025-01-01")).IsAccepted(out var verified, out _));
        Assert.Equal(SigningKey.Vlek, ((VerifiedSnpEvidence)verified).EndorsementKey.Kind);
        Assert.Equal("CN=cc-us-east-2.amazonaws.com", ((VerifiedSnpEvidence)verified).EndorsementKey.CloudProvider);

        Assert.False(AppraisalPolicy.GenuineGuests.Appraise(verified).IsAccepted(out _, out var findings));
        Assert.Equal("vmpl-not-permitted", Assert.Single(findings).Code);
        var atLevelOne = AppraisalPolicy.GenuineGuests with { Snp = AppraisalPolicy.GenuineGuests.Snp! with { PermittedVmpls = [1] } };
        Assert.True(atLevelOne.Appraise(verified).IsAccepted(out _, out _));
    }

    [Theory]
    [InlineData("coco-trustee/snp/test-vcek-invalid-legacy.der")]
    [InlineData("coco-trustee/snp/test-vcek-invalid-new.der")]
    public void A_certificate_that_AMD_did_not_sign_fails_the_chain_and_the_report(string certificate)
    {
        var evidence = Known.Evidence(TrusteeReport, certificate, TrusteeMilan);
        Assert.False(new EvidenceVerifier().Verify(evidence, Collateral.None, Known.At("2023-01-25")).IsAccepted(out _, out var findings));
        Assert.Contains(findings, finding => finding.Code == "certificate-signature-invalid");
        Assert.Contains(findings, finding => finding.Code == "report-signature-invalid");
    }

    [Theory]
    [InlineData("encryption")]
    [InlineData("signing")]
    public void A_container_group_of_Azure_binds_its_public_key(string which)
    {
        using var document = JsonDocument.Parse(Known.Bytes($"azure-cleanroom/insecure-virtual/{which}/attestation.nokey.json"));
        var parts = document.RootElement.GetProperty("report").GetProperty("snpCACI");
        var key = document.RootElement.GetProperty("publicKey").GetString()!;
        var evidence = new SnpEvidence(
            parts.GetProperty("attestation").GetBytesFromBase64(),
            CertificatePem.Parse(parts.GetProperty("platformCertificates").GetBytesFromBase64()));
        var verifier = new EvidenceVerifier();

        var bound = evidence with { RuntimeData = RuntimeData.OfBinary(System.Text.Encoding.UTF8.GetBytes(key)) };
        Assert.True(verifier.Verify(bound, Collateral.None, Known.At("2025-01-29")).IsAccepted(out _, out var none), string.Join('\n', none));

        var other = evidence with { RuntimeData = RuntimeData.OfBinary(System.Text.Encoding.UTF8.GetBytes(key + "\n")) };
        Assert.False(verifier.Verify(other, Collateral.None, Known.At("2025-01-29")).IsAccepted(out _, out var findings));
        Assert.Equal("runtime-data-mismatch", Assert.Single(findings).Code);
    }

    [Fact]
    public void The_recorded_container_group_binds_its_policy_and_its_runtime_data()
    {
        const string folder = "microsoft-confidential-sidecar/attest/";
        var thim = ThimCertification.Parse(Known.Bytes(folder + "uvm_host_amd_certificate.json"));
        var evidence = new SnpEvidence(Known.Bytes(folder + "snp_report.bin"), thim.Certificates)
        {
            RuntimeData = RuntimeData.OfJson(Base64(folder + "runtime_data.base64")),
            InitTimeData = RuntimeData.OfBinary(Base64(folder + "uvm_security_policy.base64")),
        };
        Assert.True(new EvidenceVerifier().Verify(evidence, Collateral.None, Known.At("2022-11-30")).IsAccepted(out var verified, out var findings), string.Join('\n', findings));
        Assert.True(AppraisalPolicy.GenuineGuests.Appraise(verified).IsAccepted(out var claims, out _));
        Assert.Equal("cadd74f7", claims.Claims["x-ms-sevsnpvm-hostdata"].ToString()[..8]);
        Assert.Contains("avalue", claims.Claims["x-ms-runtime"].ToString(), StringComparison.Ordinal);

        var otherPolicy = evidence with { InitTimeData = RuntimeData.OfBinary("package policy"u8) };
        Assert.False(new EvidenceVerifier().Verify(otherPolicy, Collateral.None, Known.At("2022-11-30")).IsAccepted(out _, out findings));
        Assert.Equal("init-time-data-mismatch", Assert.Single(findings).Code);
    }

    [Fact]
    public void A_chip_of_Turin_has_its_own_TCB_layout_and_a_short_id()
    {
        var key = EndorsementKeyCertificate.Parse(Known.Certificates("virtee-sev/certs_data/vcek_turin.der")[0]);
        Assert.Equal(SnpProduct.Turin, key.Product);
        Assert.Equal("1e550a8ee5cf9f4d", Convert.ToHexStringLower(key.HardwareId.Span));
        Assert.True(SnpChain.Pick(Known.Certificates("virtee-sev/certs_data/vcek_turin.der", "virtee-sev/certs_data/cert_chain_turin"), SigningKey.Vcek).IsAccepted(out var chain, out _));
        Assert.Empty(new SnpChainVerifier(SnpTrustAnchors.Amd).Verify(chain, Known.At("2024-11-08"), out _));
        // The raw value that a report under this certificate carries, byte by byte: FMC, boot loader, TEE, SNP, 0, 0, 0, microcode.
        var raw = key.Tcb.ToRaw(SnpProduct.Turin);
        Assert.Equal(key.Tcb, TcbVersion.Parse(raw, SnpProduct.Turin, "REPORTED_TCB"));
    }

    [Theory]
    [InlineData(Milan, "google-go-sev-guest/trust/ask_ark_milan_vlek.pem", SnpProduct.Milan)]
    [InlineData("google-go-sev-guest/trust/ask_ark_genoa.pem", "google-go-sev-guest/trust/ask_ark_genoa_vlek.pem", SnpProduct.Genoa)]
    [InlineData("google-go-sev-guest/trust/ask_ark_turin_vcek.pem", "google-go-sev-guest/trust/ask_ark_turin_vlek.pem", SnpProduct.Turin)]
    public void AMDs_roots_are_trusted_each_for_its_product_alone(string vcek, string vlek, SnpProduct product)
    {
        foreach (var path in (string[])[vcek, vlek])
        {
            var certificates = Known.Certificates(path);
            var root = certificates.Single(certificate => certificate.Subject.Is(certificate.Issuer));
            var issuer = certificates.Single(certificate => certificate != root);
            Assert.True(root.IsSignedBy(root));
            Assert.True(issuer.IsSignedBy(root));
            foreach (var other in Enum.GetValues<SnpProduct>()) Assert.Equal(other == product, SnpTrustAnchors.Amd.Trusts(other, root));
            Assert.False(SnpTrustAnchors.Amd.Trusts(product, issuer));
        }
    }

    [Fact]
    public void A_security_context_names_its_certificates_and_they_survive_being_written()
    {
        var text = System.Text.Encoding.ASCII.GetString(Known.Bytes("microsoft-confidential-sidecar/security-context/host-amd-cert-base64"));
        var thim = ThimCertification.Parse(Convert.FromBase64String(text));
        Assert.Equal("7308000000000003", thim.Tcbm);
        Assert.Equal(["SEV-VCEK", "SEV-Milan", "ARK-Milan"], thim.Certificates.Select(certificate => certificate.Subject.CommonName));
        Assert.Equal(thim.Certificates.Select(certificate => certificate.PublicKeyHash()), ThimCertification.Parse(thim.ToJson()).Certificates.Select(certificate => certificate.PublicKeyHash()));
    }

    private static byte[] Base64(string path) => Convert.FromBase64String(System.Text.Encoding.ASCII.GetString(Known.Bytes(path)));
}
