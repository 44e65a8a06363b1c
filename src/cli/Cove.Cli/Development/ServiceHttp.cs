using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cove.Cli.Development;

/// <summary>HTTP to a service under the right trust: the authority that the user named, cove's own for localhost, else the system's.</summary>
internal static class ServiceHttp
{
    public static HttpClient Client(Invocation call, Uri service, string? authorityFile, DevelopmentFolder folder)
    {
        if (authorityFile is not null) return call.Http(() => Trusting(call.FullPath(authorityFile), authorityFile));
        return service.IsLoopback && File.Exists(folder.AuthorityFile) ? call.Http(folder.TrustingHandler) : call.Http();
    }

    private static SocketsHttpHandler Trusting(string path, string named)
    {
        if (!File.Exists(path)) throw CommandFailedException.Usage("file-not-found", $"no such file, {named}");
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(path);
        }
        catch (CryptographicException e)
        {
            throw new Outcomes.MalformedException("certificate authority", named, "is not PEM with certificates", inner: e);
        }

        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        handler.SslOptions.CertificateChainPolicy = policy;
        return handler;
    }
}
