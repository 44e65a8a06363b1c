using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Cove.Formats.Certificates;

namespace Cove.Services.Tests.Hosting;

/// <summary>A development authority and a server certificate for localhost in a temp folder, and clients that trust exactly that authority.</summary>
internal sealed class TestIdentity : IDisposable
{
    private const int LowestPort = 15_000;
    private const int PortCount = 15_000;
    private static int _nextPort = Random.Shared.Next(PortCount);

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

    /// <summary>A port nobody listens on, given out once, and outside the range that outgoing connections take theirs from: what is free stays free.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = LowestPort + (int)((uint)Interlocked.Increment(ref _nextPort) % PortCount);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Taken by another program: the next one.
            }
        }
    }

    public HttpClient Client(Uri url) => new(new SocketsHttpHandler
    {
        EnableMultipleHttp2Connections = true,
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
