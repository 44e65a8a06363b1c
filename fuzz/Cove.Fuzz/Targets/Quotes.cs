using Cove.Attestation;
using Cove.Attestation.Dcap;
using Cove.Attestation.OpenEnclave;

namespace Cove.Fuzz.Targets;

/// <summary>SGX and TDX quotes, verified with genuine collateral, and Open Enclave's wrappings of them.</summary>
internal sealed class Quotes : ITarget
{
    private static readonly DateTimeOffset Time = new(2022, 4, 27, 0, 0, 0, TimeSpan.Zero);
    private readonly Collateral collateral = new()
    {
        Dcap = new SeedFiles().Attestation("openenclave/sgx_endorsements.bin").Select(bytes => OpenEnclaveEndorsements.Parse(bytes)).FirstOrDefault(),
    };

    public string Name => "quote";

    public IEnumerable<byte[]> Seeds(SeedFiles files) =>
    [
        .. files.Attestation("coco-trustee/dcap/occlum_quote.dat", "coco-trustee/dcap/tdx_quote_4.dat", "google-go-tdx-guest/quote_v5_sample.dat"),
        .. files.Attestation("openenclave/sgx_evidence.bin", "openenclave/sgx_report_bad.bin"),
    ];

    public void Run(byte[] input)
    {
        var evidence = OpenEnclaveReport.IsOne(input) ? OpenEnclaveReport.Parse(input)
            : OpenEnclaveEvidence.IsOne(input) ? OpenEnclaveEvidence.Parse(input)
            : input is [3, _, _, _, _, _, _, _, 7, ..] ? OpenEnclaveEvidence.ParseSgxEcdsa(input)
            : QuoteEvidence.Parse(input);
        evidence.Quote.Certificates();
        if (new EvidenceVerifier().Verify(evidence, collateral, Time).IsAccepted(out var genuine, out _)) AppraisalPolicy.GenuineGuests.Appraise(genuine);
    }
}
