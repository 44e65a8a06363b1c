using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Hosting.CommandLine;

namespace Cove.KeyService.Outbound;

/// <summary>Connections to one configured service, under its pinned roots or the system's. No redirects and no proxy: what is asked is what was configured.</summary>
internal static class PinnedHandler
{
    /// <param name="what">What it is, for messages.</param>
    /// <param name="option">The option that configured it.</param>
    /// <param name="certificateAuthorityFile">PEM file of its roots; null for the system's.</param>
    /// <param name="patience">How long connecting may take.</param>
    /// <param name="resolve">A host's addresses.</param>
    /// <exception cref="UsageException">The file holds no certificate.</exception>
    public static SocketsHttpHandler Create(string what, string option, string? certificateAuthorityFile, TimeSpan patience, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        var dialer = new PinnedDialer(certificateAuthorityFile is not null, what, option, resolve);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectTimeout = patience,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = (context, cancellation) => dialer.ConnectAsync(context.DnsEndPoint, cancellation),
        };
        if (certificateAuthorityFile is { } file) handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Roots(option, file) };
        return handler;
    }

    private static X509ChainPolicy Roots(string option, string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{option} names {file}, which cannot be read: {e.Message}", "give a PEM file of root certificates");
        }

        return policy.CustomTrustStore.Count > 0 ? policy : throw new UsageException($"{option} names {file}, which holds no certificate", "give a PEM file of root certificates");
    }
}
