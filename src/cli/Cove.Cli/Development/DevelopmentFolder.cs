using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Formats.Certificates;
using Cove.Formats.Jose;

namespace Cove.Cli.Development;

/// <summary>
/// The files of the development services, made at first use: certificate authority, server certificates, the issuer of access tokens and
/// the key service's master key. Private ones are readable by their owner only.
/// </summary>
internal sealed class DevelopmentFolder(CoveHome home, TimeProvider time)
{
    public const string IdentityIssuer = "https://localhost/cove-development-identity";
    private const string IdentityKeyId = "development";
    private const int MasterKeyBytes = 32;
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    public string AuthorityFile => At("ca.pem");

    public string IdentityKeyFile => At("identity", "key.pem");

    public string IdentityKeys => At("identity", "jwks.json");

    public string MasterKey => At("master.key");

    public string Lock => At("lock");

    public string Services => At("services.json");

    public static string KeyId => IdentityKeyId;

    public string Certificate(string service) => At(service + ".pem");

    public string CertificateKey(string service) => At(service + ".key.pem");

    public string Data(string service) => CoveHome.Ensure(At(service));

    public string Log(string service) => At(service + ".log");

    /// <summary>Makes what is not there yet, and renews server certificates that are about to end.</summary>
    public void Complete()
    {
        CoveHome.Ensure(home.Root);
        CoveHome.Ensure(home.Dev);
        CoveHome.Ensure(home.DevIdentity);
        using var authority = Authority();
        foreach (var service in DevelopmentServices.Names) CompleteCertificate(authority, service);
        CompleteIdentity();
        if (!File.Exists(MasterKey)) WriteRandom(MasterKey);
    }

    /// <summary>Trusts exactly this development authority, for talking to the two services.</summary>
    public HttpMessageHandler TrustingHandler()
    {
        var authority = X509CertificateLoader.LoadCertificateFromFile(AuthorityFile);
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { authority },
        };
        return handler;
    }

    /// <summary>The development issuer, for tokens of the owner.</summary>
    public JwsSigner IdentitySigner()
    {
        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(IdentityKeyFile));
        return new JwsSigner(key, JwsAlgorithm.Find("ES256")!);
    }

    private CertificateAuthority Authority()
    {
        var keyFile = At("ca.key.pem");
        if (File.Exists(AuthorityFile) && File.Exists(keyFile))
            return CertificateAuthority.Load(File.ReadAllText(AuthorityFile), File.ReadAllText(keyFile));
        var made = CertificateAuthority.Create($"Cove development on {Environment.MachineName}", ["localhost"], time.GetUtcNow());
        PrivateFile.WriteKey(keyFile, made.Certificate);
        File.WriteAllText(AuthorityFile, made.Certificate.ExportCertificatePem() + "\n");
        return made;
    }

    private void CompleteCertificate(CertificateAuthority authority, string service)
    {
        if (File.Exists(Certificate(service)) && File.Exists(CertificateKey(service)))
        {
            using var present = X509CertificateLoader.LoadCertificateFromFile(Certificate(service));
            if (new DateTimeOffset(present.NotAfter) > time.GetUtcNow() + RenewBefore) return;
        }

        using var issued = authority.IssueServer($"Cove development {service} service", ["localhost"], [IPAddress.Loopback, IPAddress.IPv6Loopback], time.GetUtcNow());
        issued.WriteTo(Certificate(service), CertificateKey(service));
    }

    private void CompleteIdentity()
    {
        if (File.Exists(IdentityKeyFile) && File.Exists(IdentityKeys)) return;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        PrivateFile.WriteKey(IdentityKeyFile, key);
        using var shown = EcJwk.FromEcdsa(key, includePrivate: false, keyId: IdentityKeyId, use: "sig", algorithm: "ES256");
        File.WriteAllBytes(IdentityKeys, new Jwks([shown]).ToJson());
    }

    private static void WriteRandom(string path)
    {
        var key = RandomNumberGenerator.GetBytes(MasterKeyBytes);
        PrivateFile.Write(path, key);
        CryptographicOperations.ZeroMemory(key);
    }

    private string At(params ReadOnlySpan<string> names) => Path.Combine([home.Dev, .. names]);
}
