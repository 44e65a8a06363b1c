using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Keys.Release;

/// <summary>Whom a workload takes released keys from: a vault's host name, certified by an authority it trusts.</summary>
public sealed class ReleaseTrust
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private readonly X509Certificate2Collection? _roots;
    private readonly string _host;

    private ReleaseTrust(string host, X509Certificate2Collection? roots) => (_host, _roots) = (host, roots);

    /// <summary>A vault of this host name under exactly these root certificates.</summary>
    /// <param name="host">Without port.</param>
    /// <param name="roots">At least one; disposed by the caller, after the last verification.</param>
    /// <exception cref="ArgumentException">There is no root: that would trust nobody, and is not meant.</exception>
    public static ReleaseTrust InRoots(string host, X509Certificate2Collection roots)
        => roots.Count > 0 ? new(host, roots) : throw new ArgumentException("at least one root is needed", nameof(roots));

    /// <summary>A vault of this host name under the roots that the operating system trusts.</summary>
    public static ReleaseTrust InPlatformRoots(string host) => new(host, null);

    /// <summary>The key of the signer, when its chain leads to a root, is valid now, is for servers, and names the host.</summary>
    internal Verdict<Jwk> Verify(JwsHeader header, DateTimeOffset now)
    {
        if (header.CertificateChain is not { } chain)
            return new Finding("release-chain-missing", "x5c", "the signer's certificate chain", "none", "RFC 7515 4.1.6");
        var certificates = new X509Certificate2Collection();
        try
        {
            foreach (var der in chain) certificates.Add(X509CertificateLoader.LoadCertificate(der));
            return Verify(certificates, header, now);
        }
        catch (CryptographicException e)
        {
            throw new MalformedException("released key", "x5c", "holds an entry that is no certificate", inner: e);
        }
        finally
        {
            foreach (var certificate in certificates) certificate.Dispose();
        }
    }

    private Verdict<Jwk> Verify(X509Certificate2Collection certificates, JwsHeader header, DateTimeOffset now)
    {
        var leaf = certificates[0];
        var findings = new List<Finding>();
        if (header.CertificateThumbprint is { } thumbprint && thumbprint != Base64Url.Encode(SHA256.HashData(leaf.RawData)))
            findings.Add(new("release-thumbprint-mismatch", "x5t#S256", "the SHA-256 of the leaf", thumbprint, "RFC 7515 4.1.8"));
        if (!leaf.MatchesHostname(_host, allowWildcards: true, allowCommonName: false))
            findings.Add(new("release-host-mismatch", "x5c", $"a certificate for {_host}", leaf.Subject, "RFC 6125"));
        using var chain = new X509Chain();
        chain.ChainPolicy = Policy(certificates, now);
        if (!chain.Build(leaf))
            findings.AddRange(chain.ChainStatus.Select(s => new Finding("release-chain-untrusted", "x5c", "a chain to a trusted root",
                s.Status.ToString(), "RFC 5280 6")));
        using var rsa = leaf.GetRSAPublicKey();
        if (rsa is null) findings.Add(new("release-signer-not-rsa", "x5c", "an RSA certificate", leaf.PublicKey.Oid.FriendlyName ?? "another"));
        return findings.Count > 0 ? findings : RsaJwk.FromRsa(rsa!, includePrivate: false, use: "sig");
    }

    private X509ChainPolicy Policy(X509Certificate2Collection certificates, DateTimeOffset now)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = _roots is null ? X509ChainTrustMode.System : X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationTime = now.UtcDateTime,
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        for (var i = 1; i < certificates.Count; i++) policy.ExtraStore.Add(certificates[i]);
        if (_roots is not null) policy.CustomTrustStore.AddRange(_roots);
        return policy;
    }
}
