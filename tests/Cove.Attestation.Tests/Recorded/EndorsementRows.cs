using System.Text;
using Cove.Attestation.Snp;
using Cove.Attestation.Tests.Snp;
using Cove.Attestation.Uvm;
using Cove.Formats.Cbor;
using Cove.Formats.Cose;
using Cove.Formats.Der;
using Cove.Formats.Did;
using Cove.Formats.Jose;

namespace Cove.Attestation.Tests.Recorded;

/// <summary>Endorsements of guest images, with receipts, and the files in which a container group finds its own.</summary>
internal static class EndorsementRows
{
    private const string Sidecar = "microsoft-confidential-sidecar/attest/body.uvm_reference_info.bin";
    private const string Context = "microsoft-confidential-sidecar/security-context/";
    private const string Cose = "microsoft-cosesign1go/";
    private const string Transparent = Cose + "esrp_transparent_hash_envelop.cose";
    private const string Grafted = Cose + "esrp_with_grafted_receipt.cose";
    private static readonly DateTimeOffset Now = Known.At("2026-11-01");

    public static IEnumerable<RecordedRow> All =>
    [
        RecordedRow.Of(Sidecar, EarlyEndorsement),
        RecordedRow.Of(Context + "host-amd-cert-base64", HostCertificate),
        RecordedRow.Of(Context + "reference-info-base64", () => Accepted(UvmEndorsement.Parse(SnpRows.Base64(Context + "reference-info-base64")), 100)),
        RecordedRow.Of(Context + "security-policy-base64", () =>
            Assert.StartsWith("package policy", Encoding.UTF8.GetString(SnpRows.Base64(Context + "security-policy-base64")), StringComparison.Ordinal)),
        RecordedRow.Of(Cose + "esrp.test.cose", SubjectPredicate),
        RecordedRow.Of(Transparent, () => WithReceipt(Transparent, "db")),
        RecordedRow.Of(Grafted, () => WithReceipt(Grafted, "cp", "receipt-of-another-statement")),
        RecordedRow.Of(Cose + "aci-cc-ttl.ttl.cose", TrustList),
        RecordedRow.Supporting(Cose + "esrp_db_ledger_pub_keys.json", Transparent),
        RecordedRow.Supporting(Cose + "esrp_cp_ledger_pub_keys.json", Grafted),
    ];

    private static void Accepted(UvmEndorsement endorsement, long svn)
    {
        Assert.True(new UvmEndorsementVerifier(UvmIssuer.Azure).Verify(endorsement, endorsement.Measurement.Span, Now).IsAccepted(out var accepted, out var findings), string.Join('\n', findings));
        Assert.Equal((svn, "ContainerPlat-AMD-UVM"), (accepted.Svn, accepted.Feed));
    }

    private static void EarlyEndorsement()
    {
        var endorsement = UvmEndorsement.Parse(Known.Bytes(Sidecar));
        Assert.Equal(22, endorsement.Svn);
        var measured = SnpReport.Parse(Known.Bytes("microsoft-confidential-sidecar/attest/snp_report.bin")).Measurement;
        UvmIssuer early = UvmIssuer.Azure[0] with { MinimumSvn = 22 };
        Assert.True(new UvmEndorsementVerifier([early]).Verify(endorsement, measured, Known.At("2023-02-09")).IsAccepted(out _, out var findings), string.Join('\n', findings));
        Assert.Equal(["endorsement-svn-below-minimum"], SnpRows.Rejections(new UvmEndorsementVerifier(UvmIssuer.Azure).Verify(endorsement, measured, Known.At("2023-02-09"))));
    }

    private static void HostCertificate()
    {
        var thim = ThimCertification.Parse(SnpRows.Base64(Context + "host-amd-cert-base64"));
        Assert.Equal("7308000000000003", thim.Tcbm);
        var verdict = new SnpCertificateVerifier(SnpTrustAnchors.Amd).Verify(new Collateral { Certificates = thim.Certificates }, Known.At("2022-12-27"));
        Assert.True(verdict.IsAccepted(out var key, out var findings), string.Join('\n', findings));
        Assert.Equal(thim.Tcbm, $"{key.Tcb.ToRaw(key.Product):X16}");
    }

    private static void SubjectPredicate()
    {
        var message = CoseSign1.Parse(Known.Bytes(Cose + "esrp.test.cose"), "COSE");
        var chain = message.CertificateChain();
        Assert.True(message.IsSignedBy(chain[0].SubjectPublicKeyInfo.Span));
        Assert.Empty(CertificatePath.Verify(chain, Known.At("2022-11-09")));
        var issuer = Assert.IsType<CborValue.Text>(message.Protected["iss"]).Value;
        Assert.Empty(DidX509.Parse(issuer).Match(chain));
        Assert.NotEmpty(DidX509.Parse(issuer.Replace("Test%201", "Test%202", StringComparison.Ordinal)).Match(chain));
    }

    private static void WithReceipt(string path, string ledger, params string[] findings)
    {
        var endorsement = UvmEndorsement.Parse(Known.Bytes(path));
        Accepted(endorsement, 104);
        var keys = Jwks.Parse(Known.Bytes($"{Cose}esrp_{ledger}_ledger_pub_keys.json"));
        TransparencyLedger[] ledgers = [new($"esrp-cts-{ledger}.confidential-ledger.azure.com", keys)];
        UvmIssuer strict = UvmIssuer.Azure[0] with { RequireReceipt = true };
        Assert.Equal(findings, SnpRows.Rejections(new UvmEndorsementVerifier([strict], ledgers).Verify(endorsement, endorsement.Measurement.Span, Now)));
        // Without the ledger's keys no receipt is believed.
        Assert.NotEmpty(SnpRows.Rejections(new UvmEndorsementVerifier([strict]).Verify(endorsement, endorsement.Measurement.Span, Now)));
    }

    private static void TrustList()
    {
        var message = CoseSign1.Parse(Known.Bytes(Cose + "aci-cc-ttl.ttl.cose"), "trust list");
        Assert.True(message.IsSignedBy(message.CertificateChain()[0].SubjectPublicKeyInfo.Span));
        Assert.NotEmpty(Assert.IsType<CborValue.Map>(CborValue.Decode(message.Payload!.Value, "trust list")).Entries);
    }
}
