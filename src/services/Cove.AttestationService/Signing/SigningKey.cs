using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cove.Formats.Jose;

namespace Cove.AttestationService.Signing;

/// <summary>The key that signs tokens, with the certificate under which relying parties find it.</summary>
internal sealed class SigningKey : IDisposable
{
    /// <summary>Size of new keys in bits: that of Microsoft Azure Attestation's, which clients expect.</summary>
    public const int Bits = 2048;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(5 * 365);
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private SigningKey(RSA key, byte[] certificate)
    {
        Signer = new JwsSigner(key, JwsAlgorithm.Find("RS256")!);
        KeyId = KeyIdOf(key);
        Certificate = certificate;
        PublicKey = RsaJwk.FromRsa(key, includePrivate: false, KeyId, use: "sig", algorithm: "RS256", certificateChain: [certificate]);
    }

    /// <summary>Signs with it.</summary>
    public JwsSigner Signer { get; }

    /// <summary>Its <c>kid</c>.</summary>
    public string KeyId { get; }

    /// <summary>Its self-signed certificate, DER.</summary>
    public byte[] Certificate { get; }

    /// <summary>Its public part as <c>/certs</c> shows it.</summary>
    public RsaJwk PublicKey { get; }

    /// <summary>A new key in PKCS#8, and its certificate, whose CN and O are the issuer's URL as MAA's are. The caller zeroes the key.</summary>
    public static (byte[] Pkcs8, byte[] Certificate) Make(string issuer, DateTimeOffset now)
    {
        using var key = RSA.Create(Bits);
        var name = new X500DistinguishedNameBuilder();
        name.AddOrganizationName(issuer);
        name.AddCommonName(issuer);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(now - Backdated, now + Lifetime);
        return (key.ExportPkcs8PrivateKey(), certificate.RawData);
    }

    /// <summary>The stored key, usable.</summary>
    public static SigningKey Load(ReadOnlySpan<byte> pkcs8, byte[] certificate)
    {
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return new SigningKey(key, certificate);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Signer.Dispose();
        PublicKey.Dispose();
    }

    // MAA's form for keys made inside a TEE: base64 of SHA-256 over the PEM public key with its ending NUL.
    private static string KeyIdOf(RSA key) => Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n\0")));
}
