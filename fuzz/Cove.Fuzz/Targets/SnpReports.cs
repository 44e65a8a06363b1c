using Cove.Attestation;
using Cove.Attestation.Snp;
using Cove.Formats.Der;

namespace Cove.Fuzz.Targets;

/// <summary>ATTESTATION_REPORT, parsed, verified with a genuine chain and appraised.</summary>
internal sealed class SnpReports : ITarget
{
    private static readonly DateTimeOffset Time = new(2025, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Collateral collateral = new()
    {
        Certificates = [.. new SeedFiles().Attestation("coco-trustee/snp/e2e-genoa-vcek.der").Select(der => Certificate.Parse(der)),
            .. new SeedFiles().Attestation("google-go-sev-guest/trust/ask_ark_genoa.pem").SelectMany(pem => CertificatePem.Parse(pem))],
    };

    public string Name => "snp-report";

    public IEnumerable<byte[]> Seeds(SeedFiles files) => files.Attestation(
        "coco-trustee/snp/e2e-genoa-report.rebuilt.bin", "coco-trustee/snp/test-report.bin", "coco-trustee/snp/test-vlek-report.bin", "google-go-sev-guest/attestation.bin");

    public void Run(byte[] input)
    {
        SnpReport.Parse(input);
        if (new EvidenceVerifier().Verify(new SnpEvidence(input, []), collateral, Time).IsAccepted(out var genuine, out _)) AppraisalPolicy.GenuineGuests.Appraise(genuine);
    }
}
