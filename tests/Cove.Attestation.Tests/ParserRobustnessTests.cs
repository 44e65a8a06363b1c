using System.Text;
using Cove.Attestation.Maa;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Snp;
using Cove.Attestation.Tests.Snp;
using Cove.Attestation.Uvm;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Tests;

/// <summary>Genuine input with any one byte changed, or cut off anywhere, is read or is malformed; nothing else ever comes out.</summary>
public sealed class ParserRobustnessTests
{
    [Fact]
    public void Certificates() => Mutate(Known.Bytes("coco-trustee/snp/e2e-genoa-vcek.der"), bytes =>
    {
        var certificate = Certificate.Parse(bytes);
        EndorsementKeyCertificate.Parse(certificate);
        certificate.IsSignedBy(certificate);
        CertificateNames.AlternativeNames(certificate);
        CertificateNames.ExtendedKeyUsages(certificate);
    });

    [Fact]
    public void Reports() => Mutate(Known.Bytes("coco-trustee/snp/e2e-genoa-report.rebuilt.bin"), bytes => SnpReport.Parse(bytes));

    [Fact]
    public void Thim_certifications() => Mutate(Known.Bytes("microsoft-confidential-sidecar/attest/uvm_host_amd_certificate.json"), bytes => ThimCertification.Parse(bytes), every: 13);

    [Fact]
    public void Requests() => Mutate(Known.Bytes("azure-cleanroom/insecure-virtual/encryption/maa-request.json"), bytes => SevSnpVmRequest.Parse(bytes), every: 97);

    [Fact]
    public void Endorsements() => Mutate(Known.Bytes("microsoft-cosesign1go/esrp_transparent_hash_envelop.cose"), bytes =>
    {
        var endorsement = UvmEndorsement.Parse(bytes);
        new UvmEndorsementVerifier([UvmIssuer.Azure[0] with { RequireReceipt = true }]).Verify(endorsement, endorsement.Measurement.Span, Known.At("2026-11-01"));
    }, every: 5);

    [Fact]
    public void Policies() => Mutate(
        Encoding.UTF8.GetBytes("version=1.2;authorizationrules{c:[type==\"a\", value>=-3] && ![type==\"b\"] => add(type=\"d\", value=JmesPath(\"{}\", \"a[?b==`1`].c | length(@)\"));=>permit();};issuancerules{=>issue(\"x\", value=true);};"),
        bytes => MaaPolicy.Parse(Encoding.Latin1.GetString(bytes)).Evaluate(new Dictionary<string, Cove.Attestation.Claims.ClaimValue> { ["a"] = 1 }));

    private static void Mutate(byte[] genuine, Action<byte[]> parse, int every = 1)
    {
        parse(genuine);
        for (var at = 0; at < genuine.Length; at += every)
        {
            foreach (var value in (ReadOnlySpan<byte>)[0x00, 0xFF, (byte)(genuine[at] ^ 0x01), (byte)(genuine[at] ^ 0x80), (byte)(genuine[at] + 1)])
            {
                var changed = genuine.ToArray();
                changed[at] = value;
                Try(changed, parse);
            }

            Try(genuine[..at], parse);
        }
    }

    private static void Try(byte[] input, Action<byte[]> parse)
    {
        try
        {
            parse(input);
        }
        catch (MalformedException malformed)
        {
            Assert.NotEmpty(malformed.Field);
        }
    }
}
