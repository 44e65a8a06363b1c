using Cove.Attestation.Snp;
using Cove.Attestation.Tests.Measurement;
using Cove.Attestation.Tests.Snp;

namespace Cove.Attestation.Tests.Recorded;

/// <summary>Launch digests and ID blocks.</summary>
internal static class LaunchRows
{
    private const string Measured = "virtee-sev-snp-measure/";
    private const string IdBlocks = "virtee-sev/idblock/";
    private const int BlockSignature = 0x40;
    private const int KeySignature = 0x680;

    public static IEnumerable<RecordedRow> All =>
    [
        RecordedRow.Of(Measured + "expected.json", Digests),
        RecordedRow.Supporting(Measured + "ovmf_AmdSev_suffix.bin", Measured + "expected.json"),
        RecordedRow.Supporting(Measured + "ovmf_OvmfX64_suffix.bin", Measured + "expected.json"),
        RecordedRow.Of(IdBlocks + "idblock_public.json", PublicParts),
        RecordedRow.Of(IdBlocks + "test_auth_block.bin", Authentication),
        RecordedRow.Of(IdBlocks + "test_id_sig.bin", () => Slot("test_id_sig.bin", BlockSignature)),
        RecordedRow.Of(IdBlocks + "test_auth_sig.bin", () => Slot("test_auth_sig.bin", KeySignature)),
    ];

    private static void Digests()
    {
        foreach (var one in SnpLaunchTests.Cases()) new SnpLaunchTests().Computes_the_digest_that_the_reference_does(one.Data).GetAwaiter().GetResult();
    }

    private static void PublicParts()
    {
        foreach (var set in (string[])["virtee-sev-snp-measure", "virtee-sev"])
        {
            using var tests = new IdBlockTests();
            tests.Blocks_and_key_digests_are_those_that_the_references_make(set);
        }
    }

    private static void Authentication()
    {
        using var tests = new IdBlockTests();
        tests.The_recorded_authentication_is_of_its_block_and_of_no_other();
    }

    // A signature alone is what the block has in its slot, and is written back as it was.
    private static void Slot(string file, int offset)
    {
        var signature = Known.Bytes(IdBlocks + file);
        Assert.Equal(signature, Known.Bytes(IdBlocks + "test_auth_block.bin")[offset..(offset + SevSignature.Size)]);
        var written = new byte[SevSignature.Size];
        SevSignature.Write(SevSignature.ToP1363(signature), written);
        Assert.Equal(signature, written);
    }
}
