using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Keys.Release;

namespace Cove.Sidecar.Http;

/// <summary>
/// The certificate authorities that a vault's or an attestation service's certificate must lead to: those of the system, which on
/// Linux are the image's bundle or the file that <c>SSL_CERT_FILE</c> names.
/// </summary>
internal sealed class TrustRoots
{
    /// <summary>Extended key usage for servers (RFC 5280 4.2.1.12).</summary>
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly X509Certificate2Collection? roots;

    private TrustRoots(X509Certificate2Collection? roots) => this.roots = roots;

    /// <summary>The system's.</summary>
    public static TrustRoots System { get; } = new(null);

    /// <summary>These and no others.</summary>
    public static TrustRoots Of(X509Certificate2Collection roots) => new(roots);

    /// <summary>Trust in the answers of a vault of this name.</summary>
    public ReleaseTrust InVault(string host) => roots is null ? ReleaseTrust.InPlatformRoots(host) : ReleaseTrust.InRoots(host, roots);

    /// <summary>A chain to these roots, for a server, now. Nothing is downloaded to complete it and no revocation list is asked for.</summary>
    public X509ChainPolicy CreatePolicy()
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            TrustMode = roots is null ? X509ChainTrustMode.System : X509ChainTrustMode.CustomRootTrust,
        };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (roots is not null) policy.CustomTrustStore.AddRange(roots);
        return policy;
    }
}
