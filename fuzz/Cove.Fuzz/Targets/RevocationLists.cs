using Cove.Formats.Der;

namespace Cove.Fuzz.Targets;

/// <summary>Certificate revocation lists, DER, with what they say of their issuer's certificates.</summary>
internal sealed class RevocationLists : ITarget
{
    private readonly IReadOnlyList<Certificate> chain = [.. new SeedFiles().Attestation("google-go-tdx-guest/pckCrlIssuerChain.pem").SelectMany(pem => CertificatePem.Parse(pem))];

    public string Name => "crl";

    public IEnumerable<byte[]> Seeds(SeedFiles files) => files.Attestation("google-go-tdx-guest/rootcrl.der", "google-go-tdx-guest/pckcrl");

    public void Run(byte[] input)
    {
        var list = CertificateRevocationList.Parse(input);
        foreach (var issuer in chain) Revocation.Verify(list, issuer, list.ThisUpdate);
        foreach (var certificate in chain) list.Lists(certificate);
    }
}
