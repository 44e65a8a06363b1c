using System.Text;
using Cove.Attestation.Maa;
using Cove.Attestation.Tests.Snp;
using Cove.Attestation.Uvm;
using Cove.Formats.Cose;
using Cove.Formats.Did;
using Cove.Formats.Jose;

namespace Cove.Attestation.Tests.Uvm;

/// <summary>Endorsements that Microsoft published, with the results that the vectors list.</summary>
public sealed class RecordedEndorsementTests
{
    private const string Sidecar = "microsoft-confidential-sidecar/attest/body.uvm_reference_info.bin";
    private static readonly DateTimeOffset Now = Known.At("2026-11-01");

    [Theory]
    [InlineData("security-context", 100)]
    [InlineData("transparent", 104)]
    [InlineData("grafted", 104)]
    public void Is_accepted_long_after_the_signers_certificate_expired(string which, long svn)
    {
        var endorsement = UvmEndorsement.Parse(Bytes(which));
        Assert.True(endorsement.Certificates[0].NotAfter < Now);
        Assert.True(new UvmEndorsementVerifier(UvmIssuer.Azure).Verify(endorsement, endorsement.Measurement.Span, Now).IsAccepted(out var accepted, out var findings), string.Join('\n', findings));
        Assert.Equal((svn, "ContainerPlat-AMD-UVM"), (accepted.Svn, accepted.Feed));
    }

    [Fact]
    public void An_early_image_is_accepted_only_where_its_version_is()
    {
        var endorsement = UvmEndorsement.Parse(Known.Bytes(Sidecar));
        AssertCodes(UvmIssuer.Azure, endorsement, endorsement.Measurement, Now, "endorsement-svn-below-minimum");
        AssertCodes([UvmIssuer.Azure[0] with { MinimumSvn = 23 }], endorsement, endorsement.Measurement, Now, "endorsement-svn-below-minimum");
        AssertCodes([UvmIssuer.Azure[0] with { MinimumSvn = 22 }], endorsement, endorsement.Measurement, Now);
    }

    [Fact]
    public void Nothing_is_endorsed_by_an_issuer_or_for_a_feed_that_was_not_named()
    {
        var endorsement = UvmEndorsement.Parse(Bytes("security-context"));
        AssertCodes([], endorsement, endorsement.Measurement, Now, "endorsement-issuer-not-accepted");
        AssertCodes([UvmIssuer.Azure[1]], endorsement, endorsement.Measurement, Now, "endorsement-issuer-not-accepted");
        AssertCodes([UvmIssuer.Azure[0] with { Feed = "ContainerPlat-AMD-UVM2" }], endorsement, endorsement.Measurement, Now, "endorsement-issuer-not-accepted");
    }

    [Fact]
    public void Another_measurement_and_an_endorsement_of_the_future_are_refused()
    {
        var endorsement = UvmEndorsement.Parse(Bytes("security-context"));
        AssertCodes(UvmIssuer.Azure, endorsement, new byte[48], Now, "endorsement-of-another-guest");
        AssertCodes(UvmIssuer.Azure, endorsement, endorsement.Measurement, endorsement.SignedAt!.Value - TimeSpan.FromHours(1), "endorsement-not-yet-valid");
    }

    [Fact]
    public void One_changed_bit_anywhere_that_is_signed_is_refused()
    {
        var bytes = Bytes("security-context").ToArray();
        var payload = UvmEndorsement.Parse(bytes).Message.Payload!.Value;
        var at = bytes.AsSpan().IndexOf(payload.Span);
        // Within the payload's measurement, the protected header's content type, and the signature.
        foreach (var offset in (int[])[at + payload.Length - 10, bytes.AsSpan().IndexOf("application/json"u8), bytes.Length - 1])
        {
            var changed = bytes.ToArray();
            changed[offset] ^= 1;
            var endorsement = UvmEndorsement.Parse(changed);
            AssertCodes(UvmIssuer.Azure, endorsement, endorsement.Measurement, Now, "endorsement-signature-invalid");
        }
    }

    [Fact]
    public void A_receipt_holds_for_the_statement_that_the_ledger_registered_and_for_no_other()
    {
        TransparencyLedger Ledger(string name) => new($"esrp-cts-{name}.confidential-ledger.azure.com", Jwks.Parse(Known.Bytes($"microsoft-cosesign1go/esrp_{name}_ledger_pub_keys.json")));
        TransparencyLedger[] both = [Ledger("db"), Ledger("cp")];
        Assert.Empty(Codes("transparent", both));
        Assert.Empty(Codes("transparent", [], required: false));
        Assert.Equal(["receipt-issuer-not-accepted"], Codes("transparent", [both[1]]));
        Assert.Equal(["receipt-key-unknown"], Codes("transparent", [both[0] with { Keys = both[1].Keys }]));
        // The receipt's own signature is the ledger's; it is just not about this statement.
        Assert.Equal(["receipt-of-another-statement"], Codes("grafted", both));
        Assert.Equal(["receipt-missing"], Codes("security-context", both));
        Assert.Equal(["receipt-issuer-not-accepted"], Codes("transparent", []));

        IEnumerable<string> Codes(string which, TransparencyLedger[] ledgers, bool required = true)
        {
            var endorsement = UvmEndorsement.Parse(Bytes(which));
            new UvmEndorsementVerifier([UvmIssuer.Azure[0] with { RequireReceipt = required }], ledgers).Verify(endorsement, endorsement.Measurement.Span, Now).IsAccepted(out _, out var findings);
            return findings.Select(finding => finding.Code);
        }
    }

    [Fact]
    public void A_name_in_the_leafs_subject_resolves_and_another_does_not()
    {
        var message = CoseSign1.Parse(Known.Bytes("microsoft-cosesign1go/esrp.test.cose"), "test");
        var chain = message.CertificateChain();
        Assert.True(message.IsSignedBy(chain[0].SubjectPublicKeyInfo.Span));
        Assert.False(message.IsSignedBy(chain[1].SubjectPublicKeyInfo.Span));
        const string did = "did:x509:0:sha256:T3wuOi7RTvgBsJ9df38hYzZTcuj-AECHzLeS-882ops::subject:CN:Gen%20Purpose%20NoCS%20P384%20384%20Test%201%20%28DO%20NOT%20TRUST%29";
        Assert.Empty(DidX509.Parse(did).Match(chain));
        Assert.NotEmpty(DidX509.Parse(did.Replace("Test%201", "Test%202", StringComparison.Ordinal)).Match(chain));
        // The fingerprint is of the authority right above the leaf; the leaf's own does not count.
        Assert.NotEmpty(DidX509.Parse(did).Match([chain[1], chain[2]]));
    }

    [Fact]
    public void The_claims_of_an_endorsed_guest_say_so_and_those_of_another_do_not()
    {
        var request = SevSnpVmRequest.Parse(Known.Bytes("azure-cleanroom/insecure-virtual/encryption/maa-request.json"));
        var verifier = new EvidenceVerifier();
        Assert.Equal("azure-compliant-uvm", Status(request.Evidence));
        Assert.Null(Status(request.Evidence with { UvmEndorsements = [] }));
        Assert.Null(Status(request.Evidence with { UvmEndorsements = [Bytes("security-context")] }));

        var required = AppraisalPolicy.GenuineGuests with { Snp = AppraisalPolicy.GenuineGuests.Snp! with { RequireUvmEndorsement = true } };
        Assert.True(required.Appraise(Verified(request.Evidence)).IsAccepted(out _, out _));
        Assert.False(required.Appraise(Verified(request.Evidence with { UvmEndorsements = [Bytes("security-context")] })).IsAccepted(out _, out var findings));
        Assert.Equal(["endorsement-missing", "endorsement-of-another-guest"], findings.Select(finding => finding.Code));

        VerifiedEvidence Verified(SnpEvidence evidence)
        {
            Assert.True(verifier.Verify(evidence, Collateral.None, Known.At("2025-10-01")).IsAccepted(out var verified, out _));
            return verified;
        }

        string? Status(SnpEvidence evidence)
        {
            Assert.True(AppraisalPolicy.GenuineGuests.Appraise(Verified(evidence)).IsAccepted(out var claims, out _));
            return claims.Claims.TryGetValue("x-ms-compliance-status", out var status) ? status.ToString() : null;
        }
    }

    private static ReadOnlyMemory<byte> Bytes(string which) => which switch
    {
        "security-context" => Convert.FromBase64String(Encoding.ASCII.GetString(Known.Bytes("microsoft-confidential-sidecar/security-context/reference-info-base64"))),
        "transparent" => Known.Bytes("microsoft-cosesign1go/esrp_transparent_hash_envelop.cose"),
        _ => Known.Bytes("microsoft-cosesign1go/esrp_with_grafted_receipt.cose"),
    };

    private static void AssertCodes(IReadOnlyList<UvmIssuer> issuers, UvmEndorsement endorsement, ReadOnlyMemory<byte> measurement, DateTimeOffset at, params string[] codes)
    {
        new UvmEndorsementVerifier(issuers).Verify(endorsement, measurement.Span, at).IsAccepted(out _, out var findings);
        Assert.Equal(codes, findings.Select(finding => finding.Code));
    }
}
