using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cove.Sidecar.Tests.Fakes;

/// <summary>A certificate authority of one test, and the certificates it gives.</summary>
internal sealed class TestAuthority : IDisposable
{
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    // Making RSA keys is what takes time here: all servers of the tests share one, only their certificates differ.
    private static readonly RSA ServerKey = RSA.Create(2048);

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestAuthority(string name = "Test Root")
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        Root = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(90));
    }

    public X509Certificate2 Root { get; }

    /// <summary>A server certificate; its private key is there.</summary>
    public X509Certificate2 Server(
        string[] names, AsymmetricAlgorithm? serverKey = null, string usage = ServerAuthentication, DateTimeOffset? until = null)
    {
        serverKey ??= ServerKey;
        var request = serverKey is ECDsa ec
            ? new CertificateRequest("CN=server", ec, HashAlgorithmName.SHA256)
            : new CertificateRequest("CN=server", (RSA)serverKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var alternative = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) alternative.AddIpAddress(address);
            else alternative.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternative.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        using var certificate = Sign(request, until ?? DateTimeOffset.UnixEpoch.AddYears(89));
        return serverKey is ECDsa ecKey ? certificate.CopyWithPrivateKey(ecKey) : certificate.CopyWithPrivateKey((RSA)serverKey);
    }

    /// <summary>A chip's certificate with the AMD extensions for these security patch levels.</summary>
    public X509Certificate2 Vcek(byte bootLoader, byte tee, byte snp, byte microcode)
    {
        using var chip = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest("CN=SEV-VCEK", chip, HashAlgorithmName.SHA384);
        foreach (var (number, level) in new[] { (1, bootLoader), (2, tee), (3, snp), (8, microcode) })
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            writer.WriteInteger(level);
            request.CertificateExtensions.Add(new X509Extension($"1.3.6.1.4.1.3704.1.3.{number}", writer.Encode(), false));
        }

        return Sign(request, DateTimeOffset.UnixEpoch.AddYears(89));
    }

    public void Dispose()
    {
        Root.Dispose();
        key.Dispose();
    }

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset until) => request.Create(
        Root.SubjectName,
        X509SignatureGenerator.CreateForECDsa(key),
        DateTimeOffset.UnixEpoch.AddYears(51),
        until,
        [1, .. RandomNumberGenerator.GetBytes(12)]);
}
