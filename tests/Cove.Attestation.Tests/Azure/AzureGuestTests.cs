using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Cove.Attestation.Azure;
using Cove.Attestation.Tests.Snp;
using Cove.Attestation.Tpm;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Azure;

public sealed class AzureGuestTests : IDisposable
{
    private static readonly byte[] Nonce = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private readonly TestGuest guest = new();
    private readonly EvidenceVerifier verifier;

    public AzureGuestTests() => verifier = guest.Authority.Verifier();

    public void Dispose() => guest.Dispose();

    [Fact]
    public void A_guest_is_genuine_when_its_hardware_binds_the_key_that_quotes_its_PCRs()
    {
        var verified = Verified(guest.Evidence(guest.Report(), guest.Quote(Nonce, 0, 7, 11)));
        Assert.Equal([0, 7, 11], verified.Pcrs.Keys);
        Assert.Equal(Nonce, verified.Nonce.ToArray());
        Assert.True(verified.IsSimulated);
        Assert.IsType<VerifiedSnpEvidence>(verified.Hardware);
    }

    [Fact]
    public void Default_verifiers_refuse_a_simulated_guest()
    {
        Assert.False(new EvidenceVerifier().Verify(guest.Evidence(guest.Report(), guest.Quote(Nonce, 0)), Collateral.None, TestAuthority.Now).IsAccepted(out _, out var findings));
        Assert.Equal("root-not-trusted", Assert.Single(findings).Code);
    }

    [Fact]
    public void Claims_that_the_hardware_does_not_bind_are_refused()
    {
        var other = guest.Report(guest.Claims(secureBoot: false), HclReport.Parse(guest.Report()).HardwareReport.ToArray());
        AssertRefused(guest.Evidence(other, guest.Quote(Nonce, 0)), "runtime-data-mismatch");
    }

    [Fact]
    public void A_quote_by_another_TPM_or_about_other_values_is_refused()
    {
        using var another = new TestGuest("another tpm");
        AssertRefused(guest.Evidence(guest.Report(), another.Quote(Nonce, 0)), "tpm-quote-signature-invalid");

        var message = guest.Attest(Nonce, 0, 7);
        guest.Pcrs[7][3] ^= 1;
        AssertRefused(guest.Evidence(guest.Report(), TpmQuote.Parse(message, guest.Sign(message), guest.Values())), "tpm-pcr-mismatch");
        guest.Pcrs[7][3] ^= 1;
        // A PCR that is not selected proves nothing, so its value does not matter and is not passed on.
        guest.Pcrs[8][3] ^= 1;
        Assert.DoesNotContain(8, Verified(guest.Evidence(guest.Report(), TpmQuote.Parse(message, guest.Sign(message), guest.Values()))).Pcrs.Keys);
    }

    [Fact]
    public void Every_flipped_bit_of_the_quote_is_malformed_or_refused()
    {
        var message = guest.Attest(Nonce, 0, 7);
        var (signature, report) = (guest.Sign(message), guest.Report());
        for (var at = 0; at < message.Length; at++)
        {
            var changed = message.ToArray();
            changed[at] ^= 1;
            try
            {
                var quote = TpmQuote.Parse(changed, signature, guest.Values());
                Assert.False(verifier.Verify(guest.Evidence(report, quote), Collateral.None, TestAuthority.Now).IsAccepted(out _, out var findings));
                Assert.Contains(findings, finding => finding.Code == "tpm-quote-signature-invalid");
            }
            catch (MalformedException malformed)
            {
                Assert.Equal("TPM quote", malformed.Format);
            }
        }
    }

    [Fact]
    public void Runtime_data_is_bound_as_the_nonce_and_init_time_data_through_PCR_8()
    {
        var (runtime, initTime) = (RuntimeData.OfJson("{\"k\":1}"u8), RuntimeData.OfBinary("policy"u8));
        var nonce = SHA256.HashData(runtime.Bytes.Span);
        SHA256.HashData([.. new byte[32], .. SHA256.HashData(initTime.Bytes.Span)]).CopyTo(guest.Pcrs[8], 0);
        var evidence = guest.Evidence(guest.Report(), guest.Quote(nonce, 7, 8)) with { RuntimeData = runtime, InitTimeData = initTime };
        Verified(evidence);
        AssertRefused(evidence with { RuntimeData = RuntimeData.OfJson("{\"k\":2}"u8) }, "runtime-data-mismatch");
        AssertRefused(evidence with { InitTimeData = RuntimeData.OfBinary("other"u8) }, "init-time-data-mismatch");
        AssertRefused(guest.Evidence(guest.Report(), guest.Quote(nonce, 7)) with { InitTimeData = initTime }, "init-time-data-mismatch");
    }

    [Fact]
    public void Is_acceptable_by_a_policy_for_guests_and_one_for_their_hardware()
    {
        var verified = Verified(guest.Evidence(guest.Report(), guest.Quote(Nonce, 0, 7)));
        var policy = AppraisalPolicy.GenuineGuests with
        {
            AzureGuest = new AzureGuestAppraisalPolicy
            {
                Nonce = ReferenceValues.Of(Nonce.AsMemory()),
                Pcrs = new Dictionary<int, ReferenceValues> { [7] = ReferenceValues.Of(guest.Pcrs[7].AsMemory()) },
            },
        };
        Assert.True(policy.Appraise(verified).IsAccepted(out var claims, out var none), string.Join('\n', none));
        Assert.Equal("azurevm", claims.Claims["x-ms-attestation-type"].ToString());
        Assert.Equal("0, 7", claims.Claims["x-ms-azurevm-attested-pcrs"].ToString());
        Assert.Equal(TestGuest.VmId, claims.Claims["x-ms-azurevm-vmid"].ToString());
        Assert.Contains("\"x-ms-sevsnpvm-is-debuggable\":false", claims.Claims["x-ms-isolation-tee"].ToString(), StringComparison.Ordinal);
        Assert.Contains("HCLAkPub", claims.Claims["x-ms-isolation-tee"].ToString(), StringComparison.Ordinal);

        AssertNotAcceptable(policy with { AzureGuest = null }, verified, "policy-absent");
        AssertNotAcceptable(policy with { AzureGuest = new AzureGuestAppraisalPolicy() }, verified, "nonce-not-accepted");
        AssertNotAcceptable(policy with { Snp = null }, verified, "policy-absent");
        AssertNotAcceptable(policy with { Snp = policy.Snp! with { Measurement = ReferenceValues.None } }, verified, "measurement-not-accepted");
        Dictionary<int, ReferenceValues> others = new() { [7] = ReferenceValues.Of(guest.Pcrs[0].AsMemory()), [11] = ReferenceValues.Any };
        AssertNotAcceptable(policy with { AzureGuest = policy.AzureGuest! with { Pcrs = others } }, verified, "pcr-not-accepted", "pcr-not-quoted");
        var insecure = Verified(guest.Evidence(guest.Report(guest.Claims(secureBoot: false)), guest.Quote(Nonce, 0, 7)));
        AssertNotAcceptable(policy, insecure, "secure-boot-off");
        Assert.True((policy with { AzureGuest = policy.AzureGuest! with { PermitInsecureBoot = true } }).Appraise(insecure).IsAccepted(out _, out _));
    }

    [Theory]
    [InlineData(0, "signature")]
    [InlineData(4, "version")]
    [InlineData(8, "report size")]
    [InlineData(1216, "report size")]
    [InlineData(1220, "runtime data version")]
    [InlineData(1224, "report type")]
    [InlineData(1228, "report data hash type")]
    [InlineData(1232, "variable data size")]
    [InlineData(2599, "after the report")]
    public void A_report_of_another_layout_is_malformed(int offset, string field)
    {
        var report = guest.Report();
        report[offset] ^= 0x08;
        Assert.Equal(field, Assert.Throws<MalformedException>(() => HclReport.Parse(report)).Field);
    }

    [Fact]
    public void A_report_of_trusted_launch_or_other_hardware_is_no_evidence()
    {
        var report = guest.Report();
        BinaryPrimitives.WriteInt32LittleEndian(report.AsSpan(1224), 3);
        Assert.Equal("report type", Assert.Throws<MalformedException>(() => HclReport.Parse(report)).Field);
        Assert.Equal("report type", Assert.Throws<MalformedException>(() => AzureGuestEvidence.OfTdx(guest.Report(), guest.Quote(Nonce, 0), [])).Field);
        BinaryPrimitives.WriteInt32LittleEndian(report.AsSpan(1224), 4);
        Assert.Equal("report type", Assert.Throws<MalformedException>(() => guest.Evidence(report, guest.Quote(Nonce, 0))).Field);
        report[32 + HclReport.TdReportSize] = 1;
        Assert.Equal("hardware report", Assert.Throws<MalformedException>(() => HclReport.Parse(report)).Field);
    }

    [Theory]
    [InlineData("{\"keys\":[]}")]
    [InlineData("{\"keys\":{},\"vm-configuration\":{}}")]
    [InlineData("{\"keys\":[],\"vm-configuration\":{\"vmUniqueId\":\"x\",\"secure-boot\":true}}")]
    [InlineData("{\"keys\":[],\"vm-configuration\":{\"vmUniqueId\":\"2DEDC52A-6832-46CE-9910-E8C9980BF5A7\",\"secure-boot\":1}}")]
    [InlineData("{\"keys\":[null, {\"kid\":7}],\"vm-configuration\":{\"vmUniqueId\":\"2DEDC52A-6832-46CE-9910-E8C9980BF5A7\",\"secure-boot\":true}}")]
    [InlineData("not JSON")]
    public void Claims_without_what_is_needed_are_malformed(string claims) => Assert.Throws<MalformedException>(() => HclReport.Parse(guest.Report(claims)));

    [Fact]
    public void Claims_with_no_attestation_key_or_two_are_malformed()
    {
        Assert.Equal("keys", Assert.Throws<MalformedException>(() => HclReport.Parse(guest.Report(guest.Claims(keyId: "Other")))).Field);
        Assert.Equal("keys", Assert.Throws<MalformedException>(() => HclReport.Parse(guest.Report(guest.Claims().Replace("HCLEkPub", "HCLAkPub", StringComparison.Ordinal)))).Field);
    }

    private VerifiedAzureGuestEvidence Verified(AzureGuestEvidence evidence)
    {
        Assert.True(verifier.Verify(evidence, Collateral.None, TestAuthority.Now).IsAccepted(out var verified, out var findings), string.Join('\n', findings));
        return (VerifiedAzureGuestEvidence)verified;
    }

    private void AssertRefused(AzureGuestEvidence evidence, params string[] codes)
    {
        Assert.False(verifier.Verify(evidence, Collateral.None, TestAuthority.Now).IsAccepted(out _, out var findings));
        Assert.Equal(codes, findings.Select(finding => finding.Code));
    }

    private static void AssertNotAcceptable(AppraisalPolicy policy, VerifiedEvidence verified, params string[] codes)
    {
        Assert.False(policy.Appraise(verified).IsAccepted(out _, out var findings));
        Assert.Equal(codes, findings.Select(finding => finding.Code));
    }
}
