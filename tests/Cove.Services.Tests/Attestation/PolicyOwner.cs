using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cove.Formats.Jose;

namespace Cove.Services.Tests.Attestation;

/// <summary>A key with its certificate, which signs policies.</summary>
internal sealed class PolicyOwner : IDisposable
{
    private readonly JwsSigner _signer;

    public PolicyOwner(bool ellipticCurve = false, DateTimeOffset? until = null)
    {
        var (from, to) = (DateTimeOffset.UnixEpoch, until ?? DateTimeOffset.UnixEpoch.AddYears(100));
        if (ellipticCurve)
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            Certificate = new CertificateRequest("CN=owner", key, HashAlgorithmName.SHA256).CreateSelfSigned(from, to);
            _signer = new JwsSigner(key, JwsAlgorithm.Find("ES256")!);
        }
        else
        {
            var key = RSA.Create(2048);
            Certificate = new CertificateRequest("CN=owner", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(from, to);
            _signer = new JwsSigner(key, JwsAlgorithm.Find("RS256")!);
        }
    }

    public X509Certificate2 Certificate { get; }

    public string Policy(string text) => Sign($$"""{"AttestationPolicy":"{{Base64Url.Encode(Encoding.UTF8.GetBytes(text))}}"}""");

    public string Reset() => Sign("");

    public string Change(X509Certificate2 certificate, string member = "policyCertificate") =>
        Sign($$$"""{"{{{member}}}":{"kty":"RSA","x5c":["{{{Convert.ToBase64String(certificate.RawData)}}}"]}}""");

    public string Sign(string payload) => _signer.Sign(new JwsHeader { Algorithm = _signer.Algorithm.Name, CertificateChain = [Certificate.RawData] }, Encoding.UTF8.GetBytes(payload));

    public void Dispose()
    {
        _signer.Dispose();
        Certificate.Dispose();
    }
}
