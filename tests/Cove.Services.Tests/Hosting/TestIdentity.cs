using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Cove.Formats.Certificates;

namespace Cove.Services.Tests.Hosting;

/// <summary>A development authority and a server certificate for localhost in a temp folder, and clients that trust exactly that authority.</summary>
internal sealed class TestIdentity : IDisposable
{
    public TestIdentity()
    {
        Authority = CertificateAuthority.Create("test authority", ["localhost"], TimeProvider.System.GetUtcNow());
        using var server = Authority.IssueServer("localhost", ["localhost"], [IPAddress.Loopback], TimeProvider.System.GetUtcNow());
        server.WriteTo(CertificateFile, KeyFile);
        File.WriteAllText(AuthorityFile, Authority.Certificate.ExportCertificatePem());
    }

    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("cove-test-");

    public CertificateAuthority Authority { get; }

    public string CertificateFile => Path.Combine(Folder.FullName, "server.pem");

    public string KeyFile => Path.Combine(Folder.FullName, "server.key");

    public string AuthorityFile => Path.Combine(Folder.FullName, "ca.pem");

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public HttpClient Client(Uri url) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { Authority.Certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    })
    { BaseAddress = url };

    public void Dispose()
    {
        Authority.Dispose();
        Folder.Delete(recursive: true);
    }
}
