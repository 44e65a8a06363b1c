using System.Text.Json;
using Cove.Attestation.Tests.Snp;
using Cove.Attestation.Tpm;
using Cove.Formats.Der;

namespace Cove.Attestation.Tests.Azure;

/// <summary>Evidence of a real confidential VM: AMD's root vouches for the report, the report for the TPM's key, and the key for the PCRs.</summary>
public sealed class RecordedGuestTests : IDisposable
{
    private static readonly DateTimeOffset Then = Known.At("2025-06-01");
    private readonly JsonDocument recorded = JsonDocument.Parse(typeof(RecordedGuestTests).Assembly.GetManifestResourceStream("recorded-guest.json")!);

    public void Dispose() => recorded.Dispose();

    [Fact]
    public void Is_genuine_and_says_what_the_VM_is()
    {
        Assert.True(new EvidenceVerifier().Verify(Evidence(Hex("hclReport"), Hex("tpmMessage")), Collateral.None, Then).IsAccepted(out var verified, out var findings), string.Join('\n', findings));
        Assert.False(verified.IsSimulated);
        Assert.True(AppraisalPolicy.GenuineGuests.Appraise(verified).IsAccepted(out var claims, out findings), string.Join('\n', findings));
        Assert.Equal("7DF7B373-B947-4AAA-96E5-C358F2A03D20", claims.Claims["x-ms-azurevm-vmid"].ToString());
        Assert.Equal("true", claims.Claims["secureboot"].ToString());
        Assert.Contains("\"x-ms-sevsnpvm-vmpl\":0", claims.Claims["x-ms-isolation-tee"].ToString(), StringComparison.Ordinal);
        Assert.Equal(24, ((VerifiedAzureGuestEvidence)verified).Pcrs.Count);
    }

    [Theory]
    [InlineData("hclReport", 32 + 0x90, "report-signature-invalid")]
    [InlineData("hclReport", 1236 + 90, "runtime-data-mismatch", "tpm-quote-signature-invalid")] // the TPM's key
    [InlineData("hclReport", 1236 + 1000, "runtime-data-mismatch")]
    [InlineData("tpmMessage", 60, "tpm-quote-signature-invalid")]
    public void Is_refused_with_one_bit_changed(string part, int offset, params string[] codes)
    {
        byte[] Changed(string name)
        {
            var bytes = Hex(name);
            if (name == part) bytes[offset] ^= 1;
            return bytes;
        }

        Assert.False(new EvidenceVerifier().Verify(Evidence(Changed("hclReport"), Changed("tpmMessage")), Collateral.None, Then).IsAccepted(out _, out var findings));
        Assert.Equal(codes, findings.Select(finding => finding.Code));
    }

    private AzureGuestEvidence Evidence(byte[] report, byte[] message)
    {
        var pcrs = recorded.RootElement.GetProperty("pcrs").EnumerateArray().Select(pcr => (ReadOnlyMemory<byte>)Convert.FromHexString(pcr.GetString()!)).ToArray();
        return AzureGuestEvidence.OfSnp(report, TpmQuote.Parse(message, Hex("tpmSignature"), pcrs), [Certificate.Parse(Hex("vcek")), .. Known.Certificates("google-go-sev-guest/trust/ask_ark_milan.pem")]);
    }

    private byte[] Hex(string name) => Convert.FromHexString(recorded.RootElement.GetProperty(name).GetString()!);
}
