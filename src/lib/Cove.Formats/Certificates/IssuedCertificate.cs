using System.Security.Cryptography.X509Certificates;

namespace Cove.Formats.Certificates;

/// <summary>A certificate just issued, with its private key and its issuer.</summary>
public sealed class IssuedCertificate : IDisposable
{
    private readonly X509Certificate2 _issuer;

    internal IssuedCertificate(X509Certificate2 certificate, X509Certificate2 issuer) => (Certificate, _issuer) = (certificate, issuer);

    /// <summary>The certificate, with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate and its issuer, leaf first, as PEM.</summary>
    public string ChainPem() => $"{Certificate.ExportCertificatePem()}\n{_issuer.ExportCertificatePem()}\n";

    /// <summary>Writes the chain to one file and the private key to another, which only its owner may read.</summary>
    public void WriteTo(string chainFile, string keyFile)
    {
        PrivateFile.WriteKey(keyFile, Certificate);
        File.WriteAllText(chainFile, ChainPem());
    }

    /// <summary>Disposes the key.</summary>
    public void Dispose() => Certificate.Dispose();
}
