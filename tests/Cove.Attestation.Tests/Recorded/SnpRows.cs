using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Attestation.Maa;
using Cove.Attestation.Snp;
using Cove.Attestation.Tests.Snp;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Recorded;

/// <summary>SNP reports, with what their hosts and guests handed out beside them.</summary>
internal static class SnpRows
{
    private const string Milan = "google-go-sev-guest/trust/ask_ark_milan.pem";
    private const string TrusteeMilan = "coco-trustee/snp/milan_ask_ark_asvk.pem";
    private const string TrusteeReport = "coco-trustee/snp/test-report.bin";
    private const string Sidecar = "microsoft-confidential-sidecar/attest/";
    private const string CleanRoom = "azure-cleanroom/insecure-virtual/";

    public static IEnumerable<RecordedRow> All =>
    [
        RecordedRow.Of("google-go-sev-guest/attestation.bin", Debuggable),
        RecordedRow.Supporting("google-go-sev-guest/vcek.testcer", "google-go-sev-guest/attestation.bin"),
        RecordedRow.Of(TrusteeReport, () => Accepted(Known.Evidence(TrusteeReport, "coco-trustee/snp/test-vcek.der", TrusteeMilan), "2023-01-25")),
        RecordedRow.Supporting("coco-trustee/snp/test-vcek.der", TrusteeReport),
        RecordedRow.Of("coco-trustee/snp/test-vcek-invalid-legacy.der", () => OfAnotherChip("coco-trustee/snp/test-vcek-invalid-legacy.der")),
        RecordedRow.Of("coco-trustee/snp/test-vcek-invalid-new.der", () => OfAnotherChip("coco-trustee/snp/test-vcek-invalid-new.der")),
        RecordedRow.Of("coco-trustee/snp/test-vlek-report.bin", Vlek),
        RecordedRow.Supporting("coco-trustee/snp/test-vlek.der", "coco-trustee/snp/test-vlek-report.bin"),
        RecordedRow.Of("coco-trustee/snp/e2e-genoa-report.rebuilt.bin", () => Accepted(Genoa(), "2025-05-28", SnpProduct.Genoa)),
        RecordedRow.Of("coco-trustee/snp/e2e-genoa-evidence.json", GenoaEvidence),
        RecordedRow.Supporting("coco-trustee/snp/e2e-genoa-vcek.der", "coco-trustee/snp/e2e-genoa-report.rebuilt.bin"),
        RecordedRow.Of("virtee-sev/certs_data/report_milan.hex", () =>
            Accepted(Known.Evidence("virtee-sev/certs_data/report_milan.hex", "virtee-sev/certs_data/vcek_milan.der", "virtee-sev/certs_data/cert_chain_milan"), "2023-04-04")),
        RecordedRow.Supporting("virtee-sev/certs_data/vcek_milan.der", "virtee-sev/certs_data/report_milan.hex"),
        RecordedRow.Supporting("virtee-sev/certs_data/cert_chain_milan", "virtee-sev/certs_data/report_milan.hex"),
        RecordedRow.Of(Sidecar + "snp_report.bin", SidecarReport),
        RecordedRow.Supporting(Sidecar + "runtime_data.base64", Sidecar + "snp_report.bin"),
        RecordedRow.Supporting(Sidecar + "uvm_security_policy.base64", Sidecar + "snp_report.bin"),
        RecordedRow.Supporting(Sidecar + "uvm_host_amd_certificate.json", Sidecar + "snp_report.bin"),
        RecordedRow.Of(Sidecar + "uvm_host_amd_certificate.pem", () => Accepted(Known.Evidence(Sidecar + "snp_report.bin", Sidecar + "uvm_host_amd_certificate.pem"), "2022-11-30")),
        RecordedRow.Of(CleanRoom + "encryption/attestation.nokey.json", () => CleanRoomEvidence("encryption")),
        RecordedRow.Of(CleanRoom + "signing/attestation.nokey.json", () => CleanRoomEvidence("signing")),
        RecordedRow.Supporting(CleanRoom + "encryption/pub_key.pem", CleanRoom + "encryption/attestation.nokey.json"),
        RecordedRow.Supporting(CleanRoom + "signing/pub_key.pem", CleanRoom + "signing/attestation.nokey.json"),
        RecordedRow.Supporting(CleanRoom + "values.txt", CleanRoom + "encryption/attestation.nokey.json"),
        RecordedRow.Of(CleanRoom + "encryption/maa-request.json", CleanRoomRequest),
        RecordedRow.Supporting(CleanRoom + "encryption/public-key-jwks", CleanRoom + "encryption/maa-request.json"),
        RecordedRow.Supporting(CleanRoom + "encryption/public-key-jwks.base64", CleanRoom + "encryption/maa-request.json"),
    ];

    public static VerifiedSnpEvidence Genuine(SnpEvidence evidence, string at, SnpProduct product = SnpProduct.Milan)
    {
        Assert.True(new EvidenceVerifier().Verify(evidence, Collateral.None, Known.At(at)).IsAccepted(out var genuine, out var findings), string.Join('\n', findings));
        var verified = Assert.IsType<VerifiedSnpEvidence>(genuine);
        Assert.Equal(product, verified.Product);
        return verified;
    }

    private static VerifiedSnpEvidence Accepted(SnpEvidence evidence, string at, SnpProduct product = SnpProduct.Milan)
    {
        var genuine = Genuine(evidence, at, product);
        Assert.True(AppraisalPolicy.GenuineGuests.Appraise(genuine).IsAccepted(out _, out var findings), string.Join('\n', findings));
        return genuine;
    }

    private static void Debuggable()
    {
        var genuine = Genuine(Known.Evidence("google-go-sev-guest/attestation.bin", "google-go-sev-guest/vcek.testcer", Milan), "2022-09-25");
        Assert.Equal("debug-not-permitted", Assert.Single(Rejections(AppraisalPolicy.GenuineGuests.Appraise(genuine))));
    }

    private static void OfAnotherChip(string vcek)
    {
        var codes = Rejections(new EvidenceVerifier().Verify(Known.Evidence(TrusteeReport, vcek, TrusteeMilan), Collateral.None, Known.At("2023-01-25")));
        Assert.Contains("certificate-signature-invalid", codes);
        Assert.Contains("report-signature-invalid", codes);
    }

    private static void Vlek()
    {
        var genuine = Genuine(Known.Evidence("coco-trustee/snp/test-vlek-report.bin", "coco-trustee/snp/test-vlek.der", TrusteeMilan), "2024-12-11");
        Assert.Equal("vmpl-not-permitted", Assert.Single(Rejections(AppraisalPolicy.GenuineGuests.Appraise(genuine))));
        var levelOne = AppraisalPolicy.GenuineGuests with { Snp = AppraisalPolicy.GenuineGuests.Snp! with { PermittedVmpls = [1] } };
        Assert.True(levelOne.Appraise(genuine).IsAccepted(out _, out _));
    }

    private static SnpEvidence Genoa() => Known.Evidence("coco-trustee/snp/e2e-genoa-report.rebuilt.bin", "coco-trustee/snp/e2e-genoa-vcek.der", "coco-trustee/snp/genoa_ask_ark_asvk.pem");

    // The same report as members of a JSON object, and its VCEK as an array of numbers.
    private static void GenoaEvidence()
    {
        using var document = JsonDocument.Parse(Known.Bytes("coco-trustee/snp/e2e-genoa-evidence.json"));
        var vcek = document.RootElement.GetProperty("cert_chain")[0].GetProperty("data").EnumerateArray().Select(number => number.GetByte()).ToArray();
        Assert.Equal(Known.Bytes("coco-trustee/snp/e2e-genoa-vcek.der"), vcek);
        var report = Genuine(Genoa() with { Certificates = [Certificate.Parse(vcek), .. Known.Certificates("coco-trustee/snp/genoa_ask_ark_asvk.pem")] }, "2025-05-28", SnpProduct.Genoa).Report;
        var told = document.RootElement.GetProperty("attestation_report");
        Assert.Equal(told.GetProperty("version").GetUInt32(), report.Version);
        Assert.Equal(told.GetProperty("policy").GetUInt64(), report.Policy.Value);
        Assert.Equal(told.GetProperty("measurement").EnumerateArray().Select(number => number.GetByte()), report.Measurement.ToArray());
        Assert.Equal(told.GetProperty("report_data").EnumerateArray().Select(number => number.GetByte()), report.ReportData.Bytes.ToArray());
    }

    private static void SidecarReport()
    {
        var thim = ThimCertification.Parse(Known.Bytes(Sidecar + "uvm_host_amd_certificate.json"));
        var evidence = new SnpEvidence(Known.Bytes(Sidecar + "snp_report.bin"), thim.Certificates)
        {
            RuntimeData = RuntimeData.OfJson(Base64(Sidecar + "runtime_data.base64")),
            InitTimeData = RuntimeData.OfBinary(Base64(Sidecar + "uvm_security_policy.base64")),
        };
        var report = Accepted(evidence, "2022-11-30").Report;
        Assert.Equal(SHA256.HashData(Base64(Sidecar + "uvm_security_policy.base64")), report.HostData.ToArray());
        Assert.StartsWith("ee986ff2", Convert.ToHexStringLower(report.ReportData.Bytes), StringComparison.Ordinal);
        Assert.StartsWith("cadd74f7", Convert.ToHexStringLower(report.HostData), StringComparison.Ordinal);
    }

    private static void CleanRoomEvidence(string use)
    {
        using var document = JsonDocument.Parse(Known.Bytes($"{CleanRoom}{use}/attestation.nokey.json"));
        var given = document.RootElement.GetProperty("report").GetProperty("snpCACI");
        var pem = Known.Bytes($"{CleanRoom}{use}/pub_key.pem");
        var evidence = new SnpEvidence(given.GetProperty("attestation").GetBytesFromBase64(), CertificatePem.Parse(given.GetProperty("platformCertificates").GetBytesFromBase64()))
        {
            RuntimeData = RuntimeData.OfBinary(pem),
            UvmEndorsements = [given.GetProperty("uvmEndorsements").GetBytesFromBase64()],
        };
        // Its endorsement was signed later, so as of the report's own time there is none yet.
        Assert.Null(Accepted(evidence, "2025-01-29").UvmEndorsement);
        var genuine = Accepted(evidence, "2026-01-01");
        Assert.NotNull(genuine.UvmEndorsement);
        Assert.Equal(Encoding.UTF8.GetString(pem), document.RootElement.GetProperty("publicKey").GetString());
        var values = File.ReadAllLines(Cove.Tests.Vectors.Path("attestation", "azure-cleanroom", "insecure-virtual", "values.txt")).Select(line => line.Split(": ")).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.Equal(values["hostdata"], Convert.ToHexStringLower(genuine.Report.HostData));
        Assert.Equal(values["hostdata"], Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(values["ccepolicy"]))));
    }

    private static void CleanRoomRequest()
    {
        var evidence = SevSnpVmRequest.Parse(Known.Bytes(CleanRoom + "encryption/maa-request.json")).Evidence;
        var keys = Known.Bytes(CleanRoom + "encryption/public-key-jwks");
        Assert.Equal(keys, evidence.RuntimeData!.Bytes.ToArray());
        Assert.Equal(keys, Base64(CleanRoom + "encryption/public-key-jwks.base64"));
        Assert.StartsWith("8b2e75ca", Convert.ToHexStringLower(Accepted(evidence, "2025-01-29").Report.ReportData.Bytes), StringComparison.Ordinal);
        Assert.Equal(103, Accepted(evidence, "2026-01-01").UvmEndorsement!.Svn);
    }

    public static byte[] Base64(string path) => Convert.FromBase64String(Encoding.ASCII.GetString(Known.Bytes(path)).Trim());

    public static IEnumerable<string> Rejections<T>(Verdict<T> verdict) => verdict.IsAccepted(out _, out var findings) ? [] : findings.Select(finding => finding.Code);
}
