using Cove.Attestation.Snp;

namespace Cove.Fuzz.Targets;

/// <summary>The JSON in which Azure's hosts hand out certificates.</summary>
internal sealed class ThimCertifications : ITarget
{
    public string Name => "thim";

    public IEnumerable<string> Words => ["\"vcekCert\"", "\"tcbm\"", "\"certificateChain\"", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "\\n"];

    public IEnumerable<byte[]> Seeds(SeedFiles files) => files.Attestation("microsoft-confidential-sidecar/attest/uvm_host_amd_certificate.json");

    public void Run(byte[] input) => ThimCertification.Parse(input).ToJson();
}
