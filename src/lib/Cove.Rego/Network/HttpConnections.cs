using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Rego.Values;

namespace Cove.Rego.Network;

/// <summary>What requests are sent through: no redirects, cookies or proxies, and certificates checked always.</summary>
internal static class HttpConnections
{
    private const int MaxHeaderKilobytes = 64;

    private static readonly string[] Refused =
    [
        "tls_ca_cert_file", "tls_ca_cert_env_variable", "tls_client_cert_file", "tls_client_cert_env_variable", "tls_client_key_file", "tls_client_key_env_variable",
    ];

    public static SocketsHttpHandler Plain() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        MaxResponseHeadersLength = MaxHeaderKilobytes,
    };

    /// <summary>The handler that a request's own trust and identity ask for; null where it has none.</summary>
    /// <exception cref="FormatException">It asks for what is not given, or for something that is not well formed.</exception>
    public static SocketsHttpHandler? For(RegoObject request)
    {
        if (request["tls_insecure_skip_verify"] == RegoValue.True) throw new FormatException("tls_insecure_skip_verify: certificates are always checked");
        foreach (var field in Refused)
            if (request[field] is not null) throw new FormatException($"{field}: policies read no files and no environment; give the text itself");
        var (roots, certificate, key, server) = (Text(request, "tls_ca_cert"), Text(request, "tls_client_cert"), Text(request, "tls_client_key"), Text(request, "tls_server_name"));
        if (roots is null && certificate is null && key is null && server is null) return null;
        if (certificate is null != key is null) throw new FormatException("tls_client_cert and tls_client_key belong together");
        var handler = Plain();
        try
        {
            var options = new SslClientAuthenticationOptions { TargetHost = server };
            if (roots is not null) options.CertificateChainPolicy = Trust(roots, request["tls_use_system_certs"] == RegoValue.True);
            if (certificate is not null) options.ClientCertificates = [X509Certificate2.CreateFromPem(certificate, key)];
            handler.SslOptions = options;
            return handler;
        }
        catch (CryptographicException bad)
        {
            handler.Dispose();
            throw new FormatException(bad.Message, bad);
        }
    }

    private static string? Text(RegoObject request, string field) =>
        request[field] is not { } value ? null : (value as RegoString)?.Value ?? throw new FormatException($"{field} must be a string");

    private static X509ChainPolicy Trust(string roots, bool systemToo)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(roots);
        if (!systemToo) return policy;
        using var store = new X509Store(StoreName.Root, StoreLocation.CurrentUser, OpenFlags.ReadOnly);
        policy.CustomTrustStore.AddRange(store.Certificates);
        return policy;
    }
}
