using System.Security.Cryptography;
using Cove.Attestation.Uvm;
using Cove.Formats.Der;
using Cove.Formats.Did;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Uvm;

public sealed class UvmEndorsementIssuerTests : IDisposable
{
    private const string Feed = "tide-guests";
    private static readonly DateTimeOffset Signed = TestEndorser.Signed;
    private static readonly byte[] Measurement = [.. Enumerable.Range(0, 48).Select(i => (byte)i)];
    private readonly TestEndorser endorser = new();

    private string Did => DidX509.Of(endorser.Chain).Text;

    public void Dispose() => endorser.Dispose();

    [Theory]
    [InlineData(UvmEndorsementForm.Json)]
    [InlineData(UvmEndorsementForm.HashEnvelope)]
    public void What_is_issued_is_accepted_from_its_issuer_for_its_feed_and_version_and_from_no_other(UvmEndorsementForm form)
    {
        var endorsement = Issue(form: form);
        Assert.Equal((Did, Feed, 7, Signed), (endorsement.Issuer, endorsement.Feed, endorsement.Svn, endorsement.SignedAt));
        AssertCodes(endorsement, [new UvmIssuer(Did, Feed, 7)], Signed.AddYears(5));
        AssertCodes(endorsement, [new UvmIssuer(Did, Feed, 8)], Signed, "endorsement-svn-below-minimum");
        AssertCodes(endorsement, [new UvmIssuer(Did, "other-guests", 7)], Signed, "endorsement-issuer-not-accepted");
        AssertCodes(endorsement, [new UvmIssuer(Did + "x", Feed, 7)], Signed, "endorsement-issuer-not-accepted");
        AssertCodes(endorsement, UvmIssuer.Azure, Signed, "endorsement-issuer-not-accepted");
    }

    [Theory]
    [InlineData(-6, "endorsement-not-yet-valid")] // Signed six minutes from now: more than clocks differ.
    [InlineData(-5, null)]
    [InlineData(60 * 24 * 3650, null)] // The signer's certificate has long expired, and it was good when it signed.
    public void An_endorsement_of_the_future_is_refused_and_an_old_one_is_not(int minutesLater, string? code)
    {
        AssertCodes(Issue(), [new UvmIssuer(Did, Feed, 0)], Signed.AddMinutes(minutesLater), code is null ? [] : [code]);
    }

    [Fact]
    public void Nothing_is_issued_that_nobody_could_accept()
    {
        AssertNotIssued(Signed.AddMonths(12), "certificate-expired");
        AssertNotIssued(Signed.AddMonths(-2), "certificate-not-yet-valid");
        using var other = new TestEndorser();
        Refused(new UvmEndorsementIssuer(Did, endorser.Chain, other.Key), Signed, "endorsement-signature-invalid");
        Refused(new UvmEndorsementIssuer(DidX509.Of(other.Chain).Text, endorser.Chain, endorser.Key), Signed, "did-not-matched");
        Refused(new UvmEndorsementIssuer(Did, [endorser.Chain[0]], endorser.Key), Signed, "certificate-signature-invalid", "did-not-matched");

        void AssertNotIssued(DateTimeOffset at, string code) => Refused(new UvmEndorsementIssuer(Did, endorser.Chain, endorser.Key), at, code);
        static void Refused(UvmEndorsementIssuer issuer, DateTimeOffset at, params string[] codes)
        {
            Assert.False(issuer.Issue(Measurement, Feed, 7, at, UvmEndorsementForm.Json).IsAccepted(out _, out var findings));
            Assert.Equal(codes, findings.Select(finding => finding.Code).Where(code => code != "certificate-not-an-authority"));
        }
    }

    [Fact]
    public void A_purpose_or_the_root_may_name_the_issuer_and_RSA_may_sign()
    {
        using var rsa = new TestEndorser(TestKeys.Rsa("endorser"));
        var root = Convert.ToBase64String(SHA256.HashData(rsa.Chain[1].Der.Span)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        foreach (var predicate in (string[])["eku:1.3.6.1.4.1.99999.1", "subject:CN:Tide%20Guests"])
        {
            var did = $"did:x509:0:sha256:{root}::{predicate}";
            Assert.True(new UvmEndorsementIssuer(did, rsa.Chain, rsa.Key).Issue(Measurement, Feed, 0, Signed, UvmEndorsementForm.Json).IsAccepted(out var message, out _));
            AssertCodes(UvmEndorsement.Parse(message), [new UvmIssuer(did, Feed, 0)], Signed);
        }
    }

    [Fact]
    public void A_guest_that_a_configured_issuer_endorses_is_acceptable()
    {
        using var authority = new Snp.TestAuthority();
        var evidence = authority.Evidence(report => Measurement.CopyTo(report, 0x90)) with { UvmEndorsements = [Issued(UvmEndorsementForm.Json)] };
        var anchors = new TrustAnchors { Snp = Attestation.Snp.SnpTrustAnchors.Amd.WithSimulatedRoot(authority.Root), UvmIssuers = [new UvmIssuer(Did, Feed, 7)] };
        var policy = AppraisalPolicy.GenuineGuests with { Snp = AppraisalPolicy.GenuineGuests.Snp! with { RequireUvmEndorsement = true } };
        Assert.Empty(Codes(evidence));
        Assert.Equal(["endorsement-missing", "endorsement-of-another-guest"], Codes(evidence with { Report = authority.Report() }));
        anchors = anchors with { UvmIssuers = UvmIssuer.Azure };
        Assert.Equal(["endorsement-missing", "endorsement-issuer-not-accepted"], Codes(evidence));

        IEnumerable<string> Codes(SnpEvidence given)
        {
            Assert.True(new EvidenceVerifier(anchors).Verify(given, Collateral.None, Signed).IsAccepted(out var verified, out _));
            policy.Appraise(verified).IsAccepted(out _, out var findings);
            return findings.Select(finding => finding.Code);
        }
    }

    [Fact]
    public void A_measurement_of_another_size_is_malformed() =>
        Assert.Equal("measurement", Assert.Throws<MalformedException>(() => new UvmEndorsementIssuer(Did, endorser.Chain, endorser.Key).Issue(new byte[32], Feed, 0, Signed, UvmEndorsementForm.HashEnvelope)).Field);

    private ReadOnlyMemory<byte> Issued(UvmEndorsementForm form)
    {
        Assert.True(new UvmEndorsementIssuer(Did, endorser.Chain, endorser.Key).Issue(Measurement, Feed, 7, Signed, form).IsAccepted(out var message, out var findings), string.Join('\n', findings));
        return message;
    }

    private UvmEndorsement Issue(UvmEndorsementForm form = UvmEndorsementForm.Json) => UvmEndorsement.Parse(Issued(form));

    private static void AssertCodes(UvmEndorsement endorsement, IReadOnlyList<UvmIssuer> issuers, DateTimeOffset at, params string[] codes)
    {
        new UvmEndorsementVerifier(issuers).Verify(endorsement, Measurement, at).IsAccepted(out _, out var findings);
        Assert.Equal(codes, findings.Select(finding => finding.Code));
    }
}
