using Cove.Attestation.Uvm;

namespace Cove.Fuzz.Targets;

/// <summary>Endorsements of guest images in both forms, verified with a receipt required.</summary>
internal sealed class UvmEndorsements : ITarget
{
    private static readonly UvmEndorsementVerifier Verifier = new([.. UvmIssuer.Azure.Select(issuer => issuer with { RequireReceipt = true })]);

    public string Name => "uvm-endorsement";

    public IEnumerable<byte[]> Seeds(SeedFiles files) => files.Attestation(
        "microsoft-confidential-sidecar/attest/body.uvm_reference_info.bin", "microsoft-cosesign1go/esrp_transparent_hash_envelop.cose", "microsoft-cosesign1go/esrp_with_grafted_receipt.cose");

    public void Run(byte[] input)
    {
        var endorsement = UvmEndorsement.Parse(input);
        Verifier.Verify(endorsement, endorsement.Measurement.Span, new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero));
    }
}
