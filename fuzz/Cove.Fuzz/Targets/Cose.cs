using Cove.Formats.Cose;

namespace Cove.Fuzz.Targets;

/// <summary>COSE_Sign1 messages, with the chain in their header.</summary>
internal sealed class Cose : ITarget
{
    public string Name => "cose";

    public IEnumerable<byte[]> Seeds(SeedFiles files) => files.Attestation(
        "microsoft-cosesign1go/esrp.test.cose", "microsoft-cosesign1go/esrp_transparent_hash_envelop.cose", "microsoft-cosesign1go/aci-cc-ttl.ttl.cose");

    public void Run(byte[] input)
    {
        var message = CoseSign1.Parse(input, "COSE_Sign1");
        message.WithoutUnprotectedHeader();
        foreach (var certificate in message.CertificateChain())
        {
            if (message.Payload is not null) message.IsSignedBy(certificate.SubjectPublicKeyInfo.Span);
        }
    }
}
