using Cove.Attestation.Dcap;
using Cove.Attestation.Sgx;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Dcap;

/// <summary>The accepted quote of a platform under a test's own root, and the same with one thing wrong.</summary>
public sealed class QuoteVerificationTests : IDisposable
{
    private static readonly DateTimeOffset Then = SimulatedPlatform.Then;
    private readonly SimulatedPlatform platform = new();

    public void Dispose() => platform.Dispose();

    public static TheoryData<string> Kinds => ["SGX 3", "SGX 4", "SGX 5", "TDX 1.0 4", "TDX 1.0 5", "TDX 1.5 5"];

    [Theory, MemberData(nameof(Kinds))]
    public void Every_kind_of_quote_is_genuine_with_its_collateral_and_not_without(string kind)
    {
        var evidence = QuoteEvidence.Parse(QuoteOf(kind));
        var verifier = new EvidenceVerifier(platform.Anchors);
        var collateral = new Collateral { Dcap = platform.Collateral(evidence.Quote.Tee) };
        var verified = Genuine(verifier.Verify(evidence, collateral, Then));
        Assert.Equal(evidence.Quote.Tee == QuoteTee.Sgx, verified is VerifiedSgxEvidence);
        Assert.Equal((TcbStatus.UpToDate, 16), (verified.Tcb.Status, verified.Tcb.EvaluationDataNumber));
        Assert.Empty(verified.Tcb.Advisories);
        Assert.True(verified.IsSimulated);
        Assert.Equal(["collateral-missing"], Codes(verifier.Verify(evidence, Collateral.None, Then)));
        Assert.True(AppraisalPolicy.GenuineGuests.Appraise(verified).IsAccepted(out var claims, out var findings), string.Join('\n', findings));
        Assert.Equal(evidence.Quote.Tee == QuoteTee.Sgx ? "sgx" : "tdxvm", claims.Claims["x-ms-attestation-type"].ToString());
        Assert.Equal("true", claims.Claims["x-cove-simulated"].ToString());
    }

    [Fact]
    public void A_platform_under_another_root_is_refused_by_the_default_verifier()
    {
        var collateral = new Collateral { Dcap = platform.Collateral(QuoteTee.Sgx) };
        Assert.Equal(["root-not-trusted"], Codes(new EvidenceVerifier().Verify(QuoteEvidence.Parse(platform.SgxQuote()), collateral, Then)).Distinct());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Any_bit_of_header_or_body_changed_breaks_the_signature(string kind)
    {
        var bytes = QuoteOf(kind);
        var genuine = Quote.Parse(bytes);
        var verifier = new EvidenceVerifier(platform.Anchors);
        var collateral = new Collateral { Dcap = platform.Collateral(genuine.Tee) };
        Genuine(verifier.Verify(QuoteEvidence.Of(genuine), collateral, Then));
        for (var at = 0; at < genuine.Signed.Length; at++)
        {
            var changed = bytes.ToArray();
            changed[at] ^= 0x80;
            try
            {
                Assert.Contains("quote-signature-invalid", Codes(verifier.Verify(QuoteEvidence.Parse(changed), collateral, Then)));
            }
            catch (MalformedException malformed)
            {
                // A version, a kind or a reserved field that cannot be.
                Assert.InRange(malformed.Offset ?? -1, 0, genuine.Signed.Length);
            }
        }
    }

    [Theory]
    [InlineData(432 + 4, "quote-signature-invalid")]
    [InlineData(432 + 4 + 63, "quote-signature-invalid")]
    [InlineData(436 + 64, "attestation-key-mismatch")]
    [InlineData(436 + 64, "quote-signature-invalid")]
    [InlineData(436 + 128, "qe-report-signature-invalid")]
    [InlineData(436 + 128 + 320, "qe-report-signature-invalid")]
    [InlineData(436 + 128 + 320, "attestation-key-mismatch")]
    [InlineData(436 + 128 + 383, "attestation-key-mismatch")]
    [InlineData(436 + 512, "qe-report-signature-invalid")]
    [InlineData(436 + 578, "attestation-key-mismatch")]
    public void Any_part_of_the_signature_data_changed_is_named_also_when_the_platform_is_known(int at, string code)
    {
        var bytes = platform.SgxQuote();
        var verifier = new EvidenceVerifier(platform.Anchors);
        var collateral = new Collateral { Dcap = platform.Collateral(QuoteTee.Sgx) };
        var changed = bytes.ToArray();
        changed[at] ^= 1;
        foreach (var _ in Enumerable.Range(0, 2))
        {
            Assert.Contains(code, Codes(verifier.Verify(QuoteEvidence.Parse(changed), collateral, Then)));
            Genuine(verifier.Verify(QuoteEvidence.Parse(bytes), collateral, Then));
        }
    }

    [Fact]
    public void An_attestation_key_that_is_no_point_of_its_curve_signed_nothing()
    {
        var bytes = platform.SgxQuote();
        foreach (var value in (byte[])[0x00, 0xFF])
        {
            var changed = bytes.ToArray();
            changed.AsSpan(436 + 64, 64).Fill(value);
            var codes = Codes(new EvidenceVerifier(platform.Anchors).Verify(QuoteEvidence.Parse(changed), new Collateral { Dcap = platform.Collateral(QuoteTee.Sgx) }, Then));
            Assert.Equal(["attestation-key-mismatch", "quote-signature-invalid"], codes);
        }
    }

    [Fact]
    public void Runtime_and_init_time_data_must_be_what_the_quote_binds()
    {
        byte[] runtime = [1, 2, 3], initTime = [4, 5];
        foreach (var bytes in (byte[][])[platform.SgxQuote(3, Bind), platform.Td15Quote(Bind)])
        {
            var evidence = QuoteEvidence.Parse(bytes);
            var collateral = new Collateral { Dcap = platform.Collateral(evidence.Quote.Tee) };
            var verifier = new EvidenceVerifier(platform.Anchors);
            Genuine(verifier.Verify(evidence with { RuntimeData = RuntimeData.OfBinary(runtime), InitTimeData = RuntimeData.OfBinary(initTime) }, collateral, Then));
            Assert.Equal(["runtime-data-mismatch"], Codes(verifier.Verify(evidence with { RuntimeData = RuntimeData.OfBinary(initTime) }, collateral, Then)));
            Assert.Equal(["init-time-data-mismatch"], Codes(verifier.Verify(evidence with { InitTimeData = RuntimeData.OfBinary(runtime) }, collateral, Then)));
        }

        void Bind(byte[] body)
        {
            var sgx = body.Length == SgxReportBody.Size;
            System.Security.Cryptography.SHA256.HashData(runtime).CopyTo(body, sgx ? 320 : 520);
            System.Security.Cryptography.SHA256.HashData(initTime).CopyTo(body, sgx ? 192 : 184);
        }
    }

    [Fact]
    public void A_quote_without_certificates_takes_them_from_the_collateral()
    {
        var bytes = platform.SgxQuote();
        var chain = Quote.Parse(bytes).CertificationData.Length;
        // Type 3: the platform's id, encrypted. What it holds is not looked into.
        byte[] bare = [.. bytes[..(bytes.Length - chain - 6)], 3, 0, 4, 0, 0, 0, 1, 2, 3, 4];
        BitConverter.GetBytes(bare.Length - 436).CopyTo(bare, 432);
        var collateral = new Collateral { Dcap = platform.Collateral(QuoteTee.Sgx) };
        var verifier = new EvidenceVerifier(platform.Anchors);
        Assert.Equal(["certification-data-unsupported"], Codes(verifier.Verify(QuoteEvidence.Parse(bare), collateral, Then)));
        Genuine(verifier.Verify(QuoteEvidence.Parse(bare), collateral with { Certificates = [platform.Root, platform.Pck, platform.Authority] }, Then));
        // Another platform's key, certified by the same authority, did not sign this quoting enclave's report.
        using var other = new SimulatedPlatform();
        var theirs = platform.IssuePck(Then.AddYears(-1), Then.AddYears(1), key: other.PckKey);
        Assert.Equal(["qe-report-signature-invalid"], Codes(verifier.Verify(QuoteEvidence.Parse(bare), collateral with { Certificates = [platform.Root, theirs, platform.Authority] }, Then)));
    }

    private byte[] QuoteOf(string kind) => kind switch
    {
        "SGX 3" => platform.SgxQuote(),
        "SGX 4" => platform.SgxQuote(4),
        "SGX 5" => platform.SgxQuote(5),
        "TDX 1.0 4" => platform.Td10Quote(),
        "TDX 1.0 5" => platform.Td10Quote(5),
        _ => platform.Td15Quote(),
    };

    private static VerifiedQuoteEvidence Genuine(Verdict<VerifiedEvidence> verdict)
    {
        Assert.True(verdict.IsAccepted(out var verified, out var findings), string.Join('\n', findings));
        return Assert.IsType<VerifiedQuoteEvidence>(verified, exactMatch: false);
    }

    private static IEnumerable<string> Codes(Verdict<VerifiedEvidence> verdict)
    {
        Assert.False(verdict.IsAccepted(out _, out var findings));
        return findings.Select(finding => finding.Code);
    }
}
