using System.Formats.Asn1;
using Cove.Attestation.Snp;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Snp;

/// <summary>The accepted evidence of a real processor, and the same with one thing wrong.</summary>
public sealed class SnpMutationTests
{
    private static readonly DateTimeOffset Then = Known.At("2025-05-28");
    private const string Report = "coco-trustee/snp/e2e-genoa-report.rebuilt.bin";
    private const string Key = "coco-trustee/snp/e2e-genoa-vcek.der";
    private const string Chain = "coco-trustee/snp/genoa_ask_ark_asvk.pem";

    public static TheoryData<int, string> SignedFields => new()
    {
        { 0x004, "GUEST_SVN" }, { 0x008, "POLICY.ABI" }, { 0x010, "FAMILY_ID" }, { 0x020, "IMAGE_ID" }, { 0x030, "VMPL" }, { 0x038, "CURRENT_TCB" },
        { 0x040, "PLATFORM_INFO" }, { 0x048, "KEY_INFO.AUTHOR_KEY_EN" }, { 0x050, "REPORT_DATA" }, { 0x08F, "REPORT_DATA end" }, { 0x090, "MEASUREMENT" },
        { 0x0BF, "MEASUREMENT end" }, { 0x0C0, "HOST_DATA" }, { 0x0DF, "HOST_DATA end" }, { 0x0E0, "ID_KEY_DIGEST" }, { 0x110, "AUTHOR_KEY_DIGEST" },
        { 0x140, "REPORT_ID" }, { 0x160, "REPORT_ID_MA" }, { 0x180, "REPORTED_TCB" }, { 0x18A, "CPUID_STEP" }, { 0x1A0, "CHIP_ID" }, { 0x1DF, "CHIP_ID end" },
        { 0x1E0, "COMMITTED_TCB" }, { 0x1E8, "CURRENT_BUILD" }, { 0x1ED, "COMMITTED_MINOR" }, { 0x1F0, "LAUNCH_TCB" }, { 0x2A0, "SIGNATURE.R" }, { 0x2E8, "SIGNATURE.S" },
    };

    [Theory, MemberData(nameof(SignedFields))]
    public void Refuses_a_report_with_one_bit_of_a_field_flipped(int offset, string field)
    {
        var evidence = Known.Evidence(Report, Key, Chain);
        Assert.True(new EvidenceVerifier().Verify(evidence, Collateral.None, Then).IsAccepted(out _, out _));
        var bytes = evidence.Report.ToArray();
        bytes[offset] ^= 1;
        Assert.False(new EvidenceVerifier().Verify(evidence with { Report = bytes }, Collateral.None, Then).IsAccepted(out _, out var findings), field);
        Assert.Contains(findings, finding => finding.Code == "report-signature-invalid");
    }

    [Fact]
    public void A_flipped_tcb_or_chip_id_is_named_beside_the_signature()
    {
        foreach (var (offset, code) in (ReadOnlySpan<(int, string)>)[(0x180, "tcb-mismatch"), (0x1A0, "chip-id-mismatch"), (0x188, "product-mismatch")])
        {
            var bytes = Known.Bytes(Report);
            bytes[offset] ^= 0x40;
            Assert.False(new EvidenceVerifier().Verify(Known.Evidence(Report, Key, Chain) with { Report = bytes }, Collateral.None, Then).IsAccepted(out _, out var findings));
            Assert.Contains(findings, finding => finding.Code == code && finding.Section is not null);
        }
    }

    [Fact]
    public void Refuses_a_report_that_says_a_VLEK_signed_it_when_there_is_only_a_VCEK()
    {
        var bytes = Known.Bytes(Report);
        bytes[0x48] ^= 1 << 2;
        Assert.False(new EvidenceVerifier().Verify(Known.Evidence(Report, Key, Chain) with { Report = bytes }, Collateral.None, Then).IsAccepted(out _, out var findings));
        Assert.Equal(("certificate-chain-incomplete", "SEV-VLEK"), (Assert.Single(findings).Code, findings[0].Field));
    }

    public static TheoryData<string> EveryExtension() => [.. Known.Certificates(Key)[0].Extensions.Select(extension => extension.Oid)];

    [Theory, MemberData(nameof(EveryExtension))]
    public void Refuses_a_certificate_with_one_bit_of_an_extension_flipped(string oid)
    {
        var genuine = Known.Certificates(Key)[0];
        var der = genuine.Der.ToArray();
        var value = genuine.Extension(oid)!.Value.Span;
        var name = new AsnWriter(AsnEncodingRules.DER);
        name.WriteObjectIdentifier(oid);
        var at = der.AsSpan().IndexOf(name.Encode());
        der[at + der.AsSpan(at).IndexOf(value) + value.Length - 1] ^= 1;
        var changed = Certificate.Parse(der);
        Assert.NotEqual(genuine.Extension(oid)!.Value.ToArray(), changed.Extension(oid)!.Value.ToArray());
        try
        {
            Assert.False(new EvidenceVerifier().Verify(new SnpEvidence(Known.Bytes(Report), [changed, .. Known.Certificates(Chain)]), Collateral.None, Then).IsAccepted(out _, out var findings));
            Assert.Contains(findings, finding => finding is { Code: "certificate-signature-invalid", Field: "SEV-VCEK" });
        }
        catch (MalformedException malformed)
        {
            // An unknown product name, or a reserved part that is not zero, is no endorsement key certificate at all.
            Assert.Equal("SNP endorsement key certificate", malformed.Format);
        }
    }

    [Theory]
    [InlineData("2025-05-26", "certificate-not-yet-valid")]
    [InlineData("2032-05-29", "certificate-expired")]
    public void Refuses_certificates_outside_their_dates_also_when_the_chain_is_known(string at, string code)
    {
        var evidence = Known.Evidence(Report, Key, Chain);
        var verifier = new EvidenceVerifier();
        Assert.True(verifier.Verify(evidence, Collateral.None, Then).IsAccepted(out _, out _));
        Assert.False(verifier.Verify(evidence, Collateral.None, Known.At(at)).IsAccepted(out _, out var findings));
        Assert.Equal((code, "SEV-VCEK"), (Assert.Single(findings).Code, findings[0].Field));
    }

    [Fact]
    public void Refuses_a_chain_whose_intermediate_is_of_another_product()
    {
        var milan = Known.Certificates("coco-trustee/snp/milan_ask_ark_asvk.pem");
        Assert.False(new EvidenceVerifier().Verify(new SnpEvidence(Known.Bytes(Report), [.. Known.Certificates(Key), .. milan]), Collateral.None, Then).IsAccepted(out _, out var findings));
        Assert.Equal("certificate-chain-incomplete", Assert.Single(findings).Code);
    }

    [Fact]
    public void Refuses_a_root_whose_key_is_not_pinned()
    {
        var anchors = TrustAnchors.Vendors with { Snp = SnpTrustAnchors.Amd };
        var evidence = Known.Evidence(Report, Key, Chain);
        Assert.True(new EvidenceVerifier(anchors).Verify(evidence, Collateral.None, Then).IsAccepted(out _, out _));
        // The same names and dates with one bit of the root's key changed.
        var certificates = Known.Certificates(Key, Chain).ToList();
        var root = certificates.FindIndex(certificate => certificate.Subject.CommonName == "ARK-Genoa");
        var der = certificates[root].Der.ToArray();
        var key = der.AsSpan().IndexOf(certificates[root].SubjectPublicKeyInfo.Span);
        der[key + 100] ^= 1;
        certificates[root] = Certificate.Parse(der);
        Assert.False(new EvidenceVerifier(anchors).Verify(new SnpEvidence(evidence.Report, certificates), Collateral.None, Then).IsAccepted(out _, out var findings));
        Assert.Contains(findings, finding => finding.Code == "root-not-trusted");
    }

    [Fact]
    public void Refuses_a_truncated_report_and_says_where()
    {
        var evidence = Known.Evidence(Report, Key, Chain);
        var malformed = Assert.Throws<MalformedException>(() => new EvidenceVerifier().Verify(evidence with { Report = evidence.Report[..600] }, Collateral.None, Then));
        Assert.Equal(("reserved before SIGNATURE", 520L), (malformed.Field, malformed.Offset));
    }
}
