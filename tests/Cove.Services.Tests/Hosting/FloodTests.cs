using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cove.Services.Tests.Attestation;

namespace Cove.Services.Tests.Hosting;

/// <summary>Clients that take a service's time and give nothing for it.</summary>
public sealed class FloodTests(RunningAttestationService running) : IClassFixture<RunningAttestationService>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Uri _url = running.Process.Url;

    [Fact]
    public async Task A_body_that_never_comes_is_not_waited_for()
    {
        await using var connection = await ConnectAsync();
        await connection.WriteAsync(Encoding.ASCII.GetBytes($"POST /attest/SevSnpVm?api-version=2022-08-01 HTTP/1.1\r\nHost: {_url.Authority}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"));
        using var patience = new CancellationTokenSource(Patience);
        var answer = await ReadToEndAsync(connection, patience.Token);
        Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal), answer);
        Assert.False(patience.IsCancellationRequested);
    }

    [Fact]
    public async Task Headers_that_never_end_are_not_waited_for()
    {
        await using var connection = await ConnectAsync();
        await connection.WriteAsync("POST /attest/SevSnpVm HTTP/1.1\r\nX-Slow: "u8.ToArray());
        using var patience = new CancellationTokenSource(Patience);
        await ReadToEndAsync(connection, patience.Token);
        Assert.False(patience.IsCancellationRequested);
    }

    [Fact]
    public async Task Many_idle_connections_keep_nobody_else_from_being_served()
    {
        List<SslStream> idle = [];
        try
        {
            for (var i = 0; i < 300; i++) idle.Add(await ConnectAsync());
            using var answer = await running.Process.Client.GetAsync("/certs");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        finally
        {
            foreach (var connection in idle) await connection.DisposeAsync();
        }
    }

    private static async Task<string> ReadToEndAsync(SslStream connection, CancellationToken patience)
    {
        var (buffer, text) = (new byte[4096], new StringBuilder());
        try
        {
            while (await connection.ReadAsync(buffer, patience) is > 0 and var read) text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // The service ended the connection without a word, which it may.
        }

        return text.ToString();
    }

    private async Task<SslStream> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _url.Port);
        var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { running.Identity.Authority.Certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        });
        return stream;
    }
}
