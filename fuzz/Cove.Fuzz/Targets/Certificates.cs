using Cove.Attestation.Snp;
using Cove.Formats.Der;

namespace Cove.Fuzz.Targets;

/// <summary>X.509 certificates, DER or PEM, with what AMD and signers of endorsements put into them.</summary>
internal sealed class Certificates : ITarget
{
    public string Name => "certificate";

    public IEnumerable<byte[]> Seeds(SeedFiles files) => files.Attestation(
        "coco-trustee/snp/test-vcek.der", "coco-trustee/snp/test-vlek.der", "virtee-sev/certs_data/vcek_turin.der", "google-go-tdx-guest/qeIdentityIssuerChain.pem");

    public void Run(byte[] input)
    {
        if (input.AsSpan().StartsWith("-----"u8))
        {
            CertificatePath.Verify(CertificatePem.Parse(input), DateTimeOffset.UnixEpoch);
            return;
        }

        var certificate = Certificate.Parse(input);
        certificate.IsSignedBy(certificate);
        CertificateNames.AlternativeNames(certificate);
        CertificateNames.ExtendedKeyUsages(certificate);
        EndorsementKeyCertificate.Parse(certificate);
    }
}
