using System.Security.Cryptography;
using Cove.Attestation.Snp;
using Cove.Attestation.Tests.Snp;

namespace Cove.Attestation.Tests.Recorded;

/// <summary>AMD's authorities, each known by the SHA-256 of its DER, and endorsement keys that no report here is of.</summary>
internal static class CertificateRows
{
    private const string Trust = "google-go-sev-guest/trust/ask_ark_";
    private const string Turin = "virtee-sev/certs_data/vcek_turin.der";

    private const string ArkMilan = "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd";
    private const string AskMilan = "67d303bd3905fd38db8b20e0793699870e7fa612eaad5dec358293fd8c0bac1b";
    private const string AsvkMilan = "c5e081f59b7efab1fe2f8b505e159704e72f29cab7ef7cf628a05a42439082f5";
    private const string ArkGenoa = "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1";
    private const string AskGenoa = "5464738c1546aed5f2cecf1dc98c5c960a92e8913238a61711bc90ec6e828521";
    private const string AsvkGenoa = "197e610743a917d6b9bb982a5a9226ccc0a15b611be0619e626aca9151457372";
    private const string ArkTurin = "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a";
    private const string AskTurin = "5b77ef5fe7a7a004fd9032668fba9d0fda22f88c4442069a479636a6ae3b3185";
    private const string AsvkTurin = "104e10a8bd060a3c20a434261a57d0588fd65a88915b4f65b08bdecaf8df1a3c";

    public static IEnumerable<RecordedRow> All =>
    [
        Bundle(Trust + "milan.pem", SnpProduct.Milan, AskMilan, ArkMilan),
        Bundle(Trust + "milan_vlek.pem", SnpProduct.Milan, AsvkMilan, ArkMilan),
        Bundle(Trust + "genoa.pem", SnpProduct.Genoa, AskGenoa, ArkGenoa),
        Bundle(Trust + "genoa_vlek.pem", SnpProduct.Genoa, AsvkGenoa, ArkGenoa),
        Bundle(Trust + "turin_vcek.pem", SnpProduct.Turin, AskTurin, ArkTurin),
        Bundle(Trust + "turin_vlek.pem", SnpProduct.Turin, AsvkTurin, ArkTurin),
        Bundle("coco-trustee/snp/milan_ask_ark_asvk.pem", SnpProduct.Milan, AskMilan, ArkMilan, AsvkMilan),
        Bundle("coco-trustee/snp/genoa_ask_ark_asvk.pem", SnpProduct.Genoa, AskGenoa, ArkGenoa, AsvkGenoa),
        Bundle("coco-trustee/snp/turin_ask_ark_asvk.pem", SnpProduct.Turin, AskTurin, ArkTurin, AsvkTurin),
        RecordedRow.Of(Turin, TurinKey),
        RecordedRow.Supporting("virtee-sev/certs_data/cert_chain_turin", Turin),
    ];

    private static RecordedRow Bundle(string path, SnpProduct product, params string[] expected) => RecordedRow.Of(path, () =>
    {
        var certificates = Known.Certificates(path);
        Assert.Equal(expected, certificates.Select(certificate => Convert.ToHexStringLower(SHA256.HashData(certificate.Der.Span))));
        var root = certificates[1];
        Assert.All(certificates, certificate => Assert.True(certificate.IsSignedBy(root)));
        Assert.True(SnpTrustAnchors.Amd.Trusts(product, root));
        Assert.All(Enum.GetValues<SnpProduct>().Where(other => other != product), other => Assert.False(SnpTrustAnchors.Amd.Trusts(other, root)));
    });

    private static void TurinKey()
    {
        var collateral = new Collateral { Certificates = Known.Certificates(Turin, "virtee-sev/certs_data/cert_chain_turin") };
        var verifier = new SnpCertificateVerifier(SnpTrustAnchors.Amd);
        Assert.True(verifier.Verify(collateral, Known.At("2024-11-08")).IsAccepted(out var key, out var findings), string.Join('\n', findings));
        Assert.Equal((SnpProduct.Turin, "1e550a8ee5cf9f4d"), (key.Product, Convert.ToHexStringLower(key.HardwareId.Span)));
        Assert.Equal(["certificate-not-yet-valid"], SnpRows.Rejections(verifier.Verify(collateral, Known.At("2024-11-06"))));
        Assert.Equal(["certificate-chain-incomplete"], SnpRows.Rejections(verifier.Verify(collateral with { Certificates = [collateral.Certificates[0]] }, Known.At("2024-11-08"))));
    }
}
