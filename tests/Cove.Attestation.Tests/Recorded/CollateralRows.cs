using Cove.Attestation.Dcap;
using Cove.Attestation.Tests.Snp;
using Cove.Formats.Der;

namespace Cove.Attestation.Tests.Recorded;

/// <summary>Intel's collateral: who signed it, and that a change is noticed.</summary>
internal static class CollateralRows
{
    private const string Tdx = "google-go-tdx-guest/";
    private const string Dcap = "coco-trustee/dcap/";
    private const string Signers = Tdx + "tcbInfoIssuerChain.pem";

    public static IEnumerable<RecordedRow> All =>
    [
        RecordedRow.Of(Tdx + "pckCrlIssuerChain.pem", () => UnderIntel(Tdx + "pckCrlIssuerChain.pem")),
        RecordedRow.Of(Tdx + "qeIdentityIssuerChain.pem", () => UnderIntel(Tdx + "qeIdentityIssuerChain.pem")),
        RecordedRow.Of(Signers, () => UnderIntel(Signers)),
        RecordedRow.Of(Tdx + "pckcrl", () => RevocationList(Tdx + "pckcrl", signer: 0)),
        RecordedRow.Of(Tdx + "rootcrl.der", () => RevocationList(Tdx + "rootcrl.der", signer: 1)),
        RecordedRow.Of(Tdx + "sample_qeIdentity_response", () => Signed(QeIdentity.Parse(Known.Bytes(Tdx + "sample_qeIdentity_response")).Document)),
        RecordedRow.Of(Tdx + "sample_tcbInfo_response", () => Signed(TcbInfo.Parse(Known.Bytes(Tdx + "sample_tcbInfo_response")).Document)),
        RecordedRow.Of(Tdx + "sample_tcbinfo_response_v5", () => Signed(TcbInfo.Parse(Known.Bytes(Tdx + "sample_tcbinfo_response_v5")).Document)),
        RecordedRow.Of(Dcap + "enclaveIdentity.json", () => Signed(QeIdentity.Parse(Known.Bytes(Dcap + "enclaveIdentity.json")).Document)),
        RecordedRow.Of(Dcap + "tcbInfo.json", () => Signed(TcbInfo.Parse(Known.Bytes(Dcap + "tcbInfo.json")).Document)),
        RecordedRow.Of("openenclave/tcbinfo_sgx.json", Reformatted),
    ];

    private static void UnderIntel(string path)
    {
        var chain = Known.Certificates(path);
        Assert.Empty(CertificatePath.VerifyLinks(chain));
        Assert.True(DcapTrustAnchors.Intel.Trusts(chain[^1], out var simulated));
        Assert.False(simulated);
        Assert.False(DcapTrustAnchors.Intel.Trusts(chain[0], out _));
    }

    private static void RevocationList(string path, int signer)
    {
        var bytes = Known.Bytes(path);
        var issuers = Known.Certificates(Tdx + "pckCrlIssuerChain.pem");
        Assert.Empty(Revocation.VerifySignature(CertificateRevocationList.Parse(bytes), issuers[signer]));
        Assert.NotEmpty(Revocation.VerifySignature(CertificateRevocationList.Parse(bytes), issuers[1 - signer]));
        bytes[^1] ^= 1;
        Assert.NotEmpty(Revocation.VerifySignature(CertificateRevocationList.Parse(bytes), issuers[signer]));
    }

    // Laid out for reading after it was signed, and with dates of its test's own: it parses, and its signature is over other bytes.
    private static void Reformatted()
    {
        var info = TcbInfo.Parse(Known.Bytes("openenclave/tcbinfo_sgx.json"));
        Assert.Equal((QuoteTee.Sgx, 14, 5), (info.Tee, info.EvaluationDataNumber, info.Levels.Count));
        Assert.False(P256Key.OfSubject(Known.Certificates(Signers)[0].SubjectPublicKeyInfo).Verifies(info.Document.Signed.Span, info.Document.Signature.Span));
    }

    private static void Signed(SignedDocument document)
    {
        var key = P256Key.OfSubject(Known.Certificates(Signers)[0].SubjectPublicKeyInfo);
        Assert.True(key.Verifies(document.Signed.Span, document.Signature.Span));
        var changed = document.Signed.ToArray();
        changed[changed.Length / 2] ^= 1;
        Assert.False(key.Verifies(changed, document.Signature.Span));
    }
}
