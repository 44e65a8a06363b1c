using Cove.Attestation;
using Cove.Attestation.OpenEnclave;
using Cove.Formats.Der;

namespace Cove.Fuzz.Targets;

/// <summary>Self-signed certificates that carry a quote about their key, verified.</summary>
internal sealed class AttestedCertificates : ITarget
{
    private static readonly DateTimeOffset Time = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public string Name => "attested-tls";

    public IEnumerable<byte[]> Seeds(SeedFiles files) => files.Attestation("openenclave/sgx_cert_ec_bad.der", "openenclave/sgx_cert_rsa_bad.der");

    public void Run(byte[] input)
    {
        var attested = AttestedTlsCertificate.Parse(Certificate.Parse(input));
        attested.Verify(new EvidenceVerifier(), Collateral.None, Time);
    }
}
