using System.Text.Json;
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

    /// <summary>The TPM's word that a key is in it, so that only the VM can open what is encrypted to the key; null where none was given.</summary>
    public TpmCertification? CertifiedKey { get; init; }

    /// <summary>What the client wants to find in its token: nothing in the evidence binds it. Null where it gave nothing.</summary>
    public JsonElement? ClientPayload { get; init; }

    /// <summary>Evidence of a VM on SEV-SNP.</summary>
    /// <param name="report">The HCL report as the TPM holds it.</param>
    /// <param name="quote">A quote by the TPM.</param>
    /// <param name="certificates">VCEK, ASK and ARK, in any order; may be empty when the collateral has them.</param>
    /// <exception cref="MalformedException">The report cannot be read, or is of other hardware.</exception>
    public static AzureGuestEvidence OfSnp(ReadOnlySpan<byte> report, TpmQuote quote, IReadOnlyList<Certificate> certificates) =>
        OfSnp(Require(report, HclHardware.Snp), quote, certificates);

    /// <summary>Evidence of a VM on TDX.</summary>
    /// <param name="report">The HCL report as the TPM holds it.</param>
    /// <param name="quote">A quote by the TPM.</param>
    /// <param name="hardwareQuote">The quote that the host made of the report's TDREPORT.</param>
    /// <exception cref="MalformedException">A report or quote cannot be read, or is of other hardware.</exception>
    public static AzureGuestEvidence OfTdx(ReadOnlySpan<byte> report, TpmQuote quote, ReadOnlySpan<byte> hardwareQuote) =>
        OfTdx(Require(report, HclHardware.Tdx), quote, hardwareQuote);

    internal static AzureGuestEvidence OfSnp(HclReport report, TpmQuote quote, IReadOnlyList<Certificate> certificates) =>
        new(report, quote, new SnpEvidence(report.HardwareReport, certificates) { RuntimeData = report.RuntimeClaims });

    internal static AzureGuestEvidence OfTdx(HclReport report, TpmQuote quote, ReadOnlySpan<byte> hardwareQuote) =>
        new(report, quote, TdxEvidence.Parse(hardwareQuote) with { RuntimeData = report.RuntimeClaims });

    internal override Verdict<VerifiedEvidence> VerifyBy(EvidenceVerifier verifier, Collateral collateral, DateTimeOffset time) =>
        new AzureGuestVerifier(verifier.Verify).Verify(this, collateral, time);

    private static HclReport Require(ReadOnlySpan<byte> report, HclHardware hardware)
    {
        var hcl = HclReport.Parse(report);
        return hcl.Hardware == hardware ? hcl : throw new MalformedException("HCL report", "report type", $"is {hcl.Hardware}, expected {hardware}");
    }
}
