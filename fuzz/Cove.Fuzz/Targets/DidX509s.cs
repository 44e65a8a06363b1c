using System.Text;
using Cove.Formats.Did;
using Cove.Formats.Der;

namespace Cove.Fuzz.Targets;

/// <summary>Identifiers of the method did:x509, matched with a chain.</summary>
internal sealed class DidX509s : ITarget
{
    private readonly IReadOnlyList<Certificate> chain = [.. new SeedFiles().Attestation("google-go-tdx-guest/qeIdentityIssuerChain.pem").SelectMany(pem => CertificatePem.Parse(pem))];

    public string Name => "did-x509";

    public IEnumerable<string> Words => ["did:x509:0:", "sha256:", "sha512:", "::", "eku:", "subject:", "san:", "email:", "dns:", "uri:", "fulcio-issuer:", "CN:", "OU:", "%20", "1.3.6.1.4.1.311.76.59.1.2"];

    public IEnumerable<byte[]> Seeds(SeedFiles files) => new[]
    {
        "did:x509:0:sha256:I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s::eku:1.3.6.1.4.1.311.76.59.1.2",
        "did:x509:0:sha256:T3wuOi7RTvgBsJ9df38hYzZTcuj-AECHzLeS-882ops::subject:CN:Gen%20Purpose%20%28DO%20NOT%20TRUST%29:O:Microsoft",
        "did:x509:0:sha256:T3wuOi7RTvgBsJ9df38hYzZTcuj-AECHzLeS-882ops::san:dns:example.org::fulcio-issuer:accounts.example.org",
    }.Select(Encoding.ASCII.GetBytes);

    public void Run(byte[] input) => DidX509.Parse(Encoding.UTF8.GetString(input)).Match(chain);
}
