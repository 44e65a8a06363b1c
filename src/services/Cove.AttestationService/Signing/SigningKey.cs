using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cove.Formats.Jose;

namespace Cove.AttestationService.Signing;

/// <summary>A key that signs tokens, did so, or will: the certificate under which relying parties find it, and where it may sign the private part.</summary>
internal sealed class SigningKey : IDisposable
{
    /// <summary>Size of new keys in bits: that of Microsoft Azure Attestation's, which clients expect.</summary>
    public const int Bits = 2048;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(5 * 365);
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private SigningKey(long usedFrom, byte[] certificate, RSA? key)
    {
        UsedFrom = usedFrom;
        using var parsed = X509CertificateLoader.LoadCertificate(certificate);
        using var published = parsed.GetRSAPublicKey() ?? throw new CryptographicException("the certificate of a signing key is not that of an RSA key");
        KeyId = KeyIdOf(published);
        PublicKey = RsaJwk.FromRsa(published, includePrivate: false, KeyId, use: "sig", algorithm: "RS256", certificateChain: [certificate]);
        Signer = key is null ? null : new JwsSigner(key, JwsAlgorithm.Find("RS256")!);
    }

    /// <summary>From when on it signs, in seconds since 1970; until the next key does.</summary>
    public long UsedFrom { get; }

    /// <summary>Its <c>kid</c>.</summary>
    public string KeyId { get; }

    /// <summary>Its public part as <c>/certs</c> shows it.</summary>
    public RsaJwk PublicKey { get; }

    /// <summary>Signs with it; null where another key does now and the private part is gone.</summary>
    public JwsSigner? Signer { get; }

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

    /// <summary>A key that signs.</summary>
    public static SigningKey Load(long usedFrom, byte[] certificate, ReadOnlySpan<byte> pkcs8)
    {
        var key = RSA.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return new SigningKey(usedFrom, certificate, key);
    }

    /// <summary>A key that signs no more, and whose tokens may still be relied on.</summary>
    public static SigningKey LoadPublic(long usedFrom, byte[] certificate) => new(usedFrom, certificate, null);

    /// <inheritdoc/>
    public void Dispose()
    {
        Signer?.Dispose();
        PublicKey.Dispose();
    }

    // MAA's form for keys made inside a TEE: base64 of SHA-256 over the PEM public key with its ending NUL.
    private static string KeyIdOf(RSA key) => Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n\0")));
}
