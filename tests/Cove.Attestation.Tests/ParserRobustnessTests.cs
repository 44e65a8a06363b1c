using System.Text;
using Cove.Attestation.Dcap;
using Cove.Attestation.Maa.Policies;
using Cove.Attestation.Maa;
using Cove.Attestation.OpenEnclave;
using Cove.Attestation.Snp;
using Cove.Attestation.Tdx;
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
    public void Quotes() => Mutate(Known.Bytes("coco-trustee/dcap/tdx_quote_5.dat")[..1400], bytes => Quote.Parse(bytes), every: 3, readable: false);

    [Fact]
    public void Whole_quotes() => Mutate(Known.Bytes("coco-trustee/dcap/occlum_quote.dat"), bytes =>
    {
        var quote = Quote.Parse(bytes);
        foreach (var certificate in quote.Certificates().Where(PckCertificate.IsOne)) PckCertificate.Parse(certificate);
    }, every: 41);

    [Fact]
    public void Platform_certificates() => Mutate(
        Quote.Parse(Known.Bytes("coco-trustee/dcap/occlum_quote.dat")).Certificates()[0].Der.ToArray(), bytes => PckCertificate.Parse(Certificate.Parse(bytes)), every: 3);

    [Fact]
    public void Endorsements_of_enclaves() => Mutate(Known.Bytes("openenclave/sgx_endorsements.bin"), bytes => OpenEnclaveEndorsements.Parse(bytes), every: 61);

    [Fact]
    public void TCB_info() => Mutate(Known.Bytes("coco-trustee/dcap/tcbInfo.json"), bytes => TcbInfo.Parse(bytes), every: 11);

    [Fact]
    public void QE_identities() => Mutate(Known.Bytes("coco-trustee/dcap/enclaveIdentity.json"), bytes => QeIdentity.Parse(bytes), every: 3);

    [Fact]
    public void Event_logs() => Mutate(Known.Bytes("google-go-tdx-guest/ccel/ccel_data.dat")[..18200], bytes => EventLog.Parse(bytes).Replay(), every: 37);

    [Fact]
    public void Attested_certificates() => Mutate(Known.Bytes("openenclave/sgx_cert_ec_bad.der"), bytes => AttestedTlsCertificate.Parse(Certificate.Parse(bytes)), every: 17);

    [Fact]
    public void Policies() => Mutate(
        Encoding.UTF8.GetBytes("version=1.2;authorizationrules{c:[type==\"a\", value>=-3] && ![type==\"b\"] => add(type=\"d\", value=JmesPath(\"{}\", \"a[?b==`1`].c | length(@)\"));=>permit();};issuancerules{=>issue(\"x\", value=true);};"),
        bytes => MaaPolicy.Parse(Encoding.Latin1.GetString(bytes)).Evaluate(new Dictionary<string, Cove.Attestation.Claims.ClaimValue> { ["a"] = 1 }));

    private static void Mutate(byte[] genuine, Action<byte[]> parse, int every = 1, bool readable = true)
    {
        if (readable) parse(genuine);
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
