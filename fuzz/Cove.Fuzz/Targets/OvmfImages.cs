using Cove.Attestation.Measurement;

namespace Cove.Fuzz.Targets;

/// <summary>Firmware images, whose tables say what a launch measures.</summary>
internal sealed class OvmfImages : ITarget
{
    public string Name => "ovmf";

    public IEnumerable<byte[]> Seeds(SeedFiles files) => files.Attestation("virtee-sev-snp-measure/ovmf_AmdSev_suffix.bin", "virtee-sev-snp-measure/ovmf_OvmfX64_suffix.bin");

    public void Run(byte[] input)
    {
        OvmfImage.Parse(input);
        SvsmImage.Parse(input);
    }
}
