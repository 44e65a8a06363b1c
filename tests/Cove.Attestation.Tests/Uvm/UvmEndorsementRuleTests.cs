using System.Text;
using Cove.Attestation.Uvm;
using Cove.Formats.Cbor;
using Cove.Formats.Cose;
using Cove.Formats.Did;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Uvm;

/// <summary>Endorsements rightly signed, with one thing in header or payload that does not fit.</summary>
public sealed class UvmEndorsementRuleTests : IDisposable
{
    private const string Feed = "tide";
    private static readonly string Measurement = new('7', 96);
    private readonly TestEndorser endorser = new();

    public void Dispose() => endorser.Dispose();

    [Theory]
    [InlineData("\"100\"", 100)]
    [InlineData("100", 100)]
    [InlineData("\"100\",\"x-ms-sevsnpvm-guestsvn-int\":103", 100)]
    [InlineData("\"103\",\"x-ms-sevsnpvm-guestsvn-int\":100", 100)]
    [InlineData("0", 0)]
    public void The_version_is_text_or_a_number_and_the_lowest_that_is_said(string svn, long expected) => Assert.Equal(expected, UvmEndorsement.Parse(Sign(svn)).Svn);

    [Theory]
    [InlineData("-1")]
    [InlineData("\"-1\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"\"")]
    [InlineData("1.5")]
    [InlineData("true")]
    [InlineData("null")]
    [InlineData("9223372036854775808")]
    [InlineData("1,\"x-ms-sevsnpvm-guestsvn-int\":-1")]
    public void A_version_that_is_no_whole_number_is_malformed(string svn) => Assert.Throws<MalformedException>(() => UvmEndorsement.Parse(Sign(svn)));

    [Fact]
    public void Without_a_time_of_signing_the_certificates_must_be_valid_now()
    {
        var endorsement = UvmEndorsement.Parse(Sign("1", signedAt: null));
        Assert.Null(endorsement.SignedAt);
        AssertCodes(endorsement, TestEndorser.Signed);
        AssertCodes(endorsement, TestEndorser.Signed.AddYears(2), "certificate-expired");
    }

    [Fact]
    public void A_time_of_signing_outside_the_certificates_validity_is_refused_whatever_the_time_is_now()
    {
        foreach (var (at, code) in ((DateTimeOffset, string)[])[(TestEndorser.Signed.AddMonths(-2), "certificate-not-yet-valid"), (TestEndorser.Signed.AddMonths(12), "certificate-expired")])
            AssertCodes(UvmEndorsement.Parse(Sign("1", new CborValue.Tagged(1, new CborValue.Integer(at.ToUnixTimeSeconds())))), TestEndorser.Signed.AddYears(3), code);
    }

    [Fact]
    public void A_time_of_signing_in_another_form_is_malformed()
    {
        foreach (var time in (CborValue[])[new CborValue.Integer(1), new CborValue.Text("2026-03-01"), new CborValue.Tagged(0, new CborValue.Integer(1)), new CborValue.Tagged(1, new CborValue.Integer(-1))])
            Assert.Equal("signingtime", Assert.Throws<MalformedException>(() => UvmEndorsement.Parse(Sign("1", time))).Field);
    }

    private static CborValue Time => new CborValue.Tagged(1, new CborValue.Integer(TestEndorser.Signed.ToUnixTimeSeconds()));

    private ReadOnlyMemory<byte> Sign(string svn) => Sign(svn, Time);

    private ReadOnlyMemory<byte> Sign(string svn, CborValue? signedAt)
    {
        List<KeyValuePair<CborValue, CborValue>> header =
        [
            new(new CborValue.Integer(CoseLabels.CertificateChain), new CborValue.Array([.. endorser.Chain.Select(certificate => new CborValue.Bytes(certificate.Der))])),
            new(new CborValue.Text("iss"), new CborValue.Text(DidX509.Of(endorser.Chain).Text)),
            new(new CborValue.Text("feed"), new CborValue.Text(Feed)),
        ];
        if (signedAt is not null) header.Add(new(new CborValue.Text("signingtime"), signedAt));
        var payload = Encoding.UTF8.GetBytes($$"""{"x-ms-sevsnpvm-launchmeasurement":"{{Measurement}}","x-ms-sevsnpvm-guestsvn":{{svn}}}""");
        return CoseSign1.Sign(new CborValue.Map(header), payload, CoseAlgorithm.All.First(algorithm => algorithm.Name == "ES384"), endorser.Key);
    }

    private void AssertCodes(UvmEndorsement endorsement, DateTimeOffset at, params string[] codes)
    {
        new UvmEndorsementVerifier([new UvmIssuer(DidX509.Of(endorser.Chain).Text, Feed, 0)]).Verify(endorsement, Convert.FromHexString(Measurement), at).IsAccepted(out _, out var findings);
        Assert.Equal(codes, findings.Select(finding => finding.Code));
    }
}
