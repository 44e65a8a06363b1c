using Cove.Attestation.Azure;
using Cove.Attestation.Tpm;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>
/// Evidence of an Azure confidential VM: the paravisor's report, whose hardware report binds the virtual TPM's attestation key, and a quote by
/// that key. The hardware report is as old as the VM's start; the quote is fresh when its nonce is. Its <see cref="Evidence.RuntimeData"/> is bound
/// by SHA-256 as the quote's nonce, and its <see cref="Evidence.InitTimeData"/> through PCR 8.
/// </summary>
public sealed record AzureGuestEvidence : Evidence
{
    private AzureGuestEvidence(HclReport report, TpmQuote quote, Evidence hardware)
    {
        Report = report;
        Quote = quote;
        Hardware = hardware;
    }

    /// <summary>The paravisor's report.</summary>
    public HclReport Report { get; }

    /// <summary>The TPM's quote.</summary>
    public TpmQuote Quote { get; }

    /// <summary>The hardware's evidence, which binds the report's claims.</summary>
    public Evidence Hardware { get; }

    /// <summary>Evidence of a VM on SEV-SNP.</summary>
    /// <param name="report">The HCL report as the TPM holds it.</param>
    /// <param name="quote">A quote by the TPM.</param>
    /// <param name="certificates">VCEK, ASK and ARK, in any order; may be empty when the collateral has them.</param>
    /// <exception cref="MalformedException">The report cannot be read, or is of other hardware.</exception>
    public static AzureGuestEvidence OfSnp(ReadOnlySpan<byte> report, TpmQuote quote, IReadOnlyList<Certificate> certificates)
    {
        var hcl = Require(report, HclHardware.Snp);
        return new AzureGuestEvidence(hcl, quote, new SnpEvidence(hcl.HardwareReport, certificates) { RuntimeData = hcl.RuntimeClaims });
    }

    /// <summary>Evidence of a VM on TDX.</summary>
    /// <param name="report">The HCL report as the TPM holds it.</param>
    /// <param name="quote">A quote by the TPM.</param>
    /// <param name="hardwareQuote">The quote that the host made of the report's TDREPORT.</param>
    /// <exception cref="MalformedException">A report or quote cannot be read, or is of other hardware.</exception>
    public static AzureGuestEvidence OfTdx(ReadOnlySpan<byte> report, TpmQuote quote, ReadOnlySpan<byte> hardwareQuote)
    {
        var hcl = Require(report, HclHardware.Tdx);
        return new AzureGuestEvidence(hcl, quote, TdxEvidence.Parse(hardwareQuote) with { RuntimeData = hcl.RuntimeClaims });
    }

    internal override Verdict<VerifiedEvidence> VerifyBy(EvidenceVerifier verifier, Collateral collateral, DateTimeOffset time) =>
        new AzureGuestVerifier(verifier.Verify).Verify(this, collateral, time);

    private static HclReport Require(ReadOnlySpan<byte> report, HclHardware hardware)
    {
        var hcl = HclReport.Parse(report);
        return hcl.Hardware == hardware ? hcl : throw new MalformedException("HCL report", "report type", $"is {hcl.Hardware}, expected {hardware}");
    }
}
