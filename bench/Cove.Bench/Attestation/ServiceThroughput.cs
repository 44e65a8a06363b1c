using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Attestation;
using Cove.Formats.Certificates;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Runtime.Simulation;

namespace Cove.Bench.Attestation;

/// <summary>Tokens a second of the attestation service as a process of its own, asked by many clients at once over TLS, each on a connection of its own.</summary>
internal static class ServiceThroughput
{
    private const int Clients = 64;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(12);

    public static void Run()
    {
        var (verify, sign) = (OpenSslSpeed.Operations("ecdsap384", column: "verify/s"), OpenSslSpeed.Operations("rsa2048", column: "sign/s"));
        var yardstick = 1 / (1 / verify + 1 / sign);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  openssl speed, one core: {verify:F0} P-384 verifications, {sign:F0} RSA-2048 signatures, {yardstick:F0} of both a processor second"));
        RunAsync(yardstick).GetAwaiter().GetResult();
    }

    private static async Task RunAsync(double yardstick)
    {
        var folder = Directory.CreateTempSubdirectory("cove-bench-");
        try
        {
            var now = TimeProvider.System.GetUtcNow();
            using var ca = CertificateAuthority.Create("bench", ["localhost"], now);
            using var authority = new SimulatedAuthority(TimeProvider.System);
            using var chip = authority.MakeChip(SimulatedChip.CurrentTcb);
            var url = new Uri($"https://localhost:{FreePort()}");
            using var service = await StartAsync(folder.FullName, url, ca, authority);
            try
            {
                await MeasureAsync(service, url, ca.Certificate, Body(chip), yardstick);
            }
            finally
            {
                service.Kill();
                await service.WaitForExitAsync();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(Process service, Uri url, X509Certificate2 root, string body, double yardstick)
    {
        using var stop = new CancellationTokenSource();
        var counting = false;
        ConcurrentBag<List<double>> all = [];
        var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            using var client = Client(url, root);
            List<double> took = [];
            while (!stop.IsCancellationRequested)
            {
                var start = Stopwatch.GetTimestamp();
                using var answer = await client.PostAsync("/attest/SevSnpVm?api-version=2022-08-01", new StringContent(body, Encoding.UTF8, "application/json"));
                await answer.Content.ReadAsByteArrayAsync();
                if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"the service answered {answer.StatusCode}");
                if (Volatile.Read(ref counting)) took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            all.Add(took);
        })).ToList();
        await Task.Delay(WarmUp);
        service.Refresh();
        var (used, begun) = (service.TotalProcessorTime, Stopwatch.GetTimestamp());
        Volatile.Write(ref counting, true);
        await Task.Delay(Length);
        Volatile.Write(ref counting, false);
        service.Refresh();
        var (processor, clock) = ((service.TotalProcessorTime - used).TotalSeconds, Stopwatch.GetElapsedTime(begun).TotalSeconds);
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Print([.. all.SelectMany(took => took).Order()], processor, clock, yardstick);
    }

    private static void Print(double[] took, double processor, double clock, double yardstick)
    {
        var perProcessorSecond = took.Length / processor;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {Clients} clients over TLS: {took.Length / clock:F0} tokens a second, p50 {took[took.Length / 2]:F1} ms, p99 {took[took.Length * 99 / 100]:F1} ms"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  the service alone: {perProcessorSecond:F0} tokens a processor second, {yardstick / perProcessorSecond:F2} times the cost of the two signatures"));
    }

    private static async Task<Process> StartAsync(string folder, Uri url, CertificateAuthority ca, SimulatedAuthority authority)
    {
        string In(string name) => Path.Combine(folder, name);
        using (var server = ca.IssueServer("localhost", ["localhost"], [IPAddress.Loopback], TimeProvider.System.GetUtcNow())) server.WriteTo(In("server.pem"), In("server.key"));
        await File.WriteAllTextAsync(In("root.pem"), CertificatePem.Write([authority.Root]));
        var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Cove.AttestationService"), [
            "--listen", $"127.0.0.1:{url.Port}", "--issuer", url.AbsoluteUri, "--data", In("data"), "--tls-certificate", In("server.pem"), "--tls-key", In("server.key"),
            "--development-root", In("root.pem")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var ready = await process.StandardOutput.ReadLineAsync();
        return ready is not null ? process : throw new InvalidOperationException("the service did not start");
    }

    private static HttpClient Client(Uri url, X509Certificate2 root) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { root }, RevocationMode = X509RevocationMode.NoCheck },
        },
    })
    { BaseAddress = url };

    private static string Body(SimulatedChip chip)
    {
        var launch = new SimulatedLaunch(new byte[48], new byte[32], SimulatedLaunch.ContainerGroupPolicy);
        var runtimeData = Encoding.UTF8.GetBytes("""{"keys":[]}""");
        var report = SimulatedProcessor.Launch(chip, launch).GetReport(ReportData.FromRuntimeData(runtimeData).Bytes, 0);
        var inner = new JsonObject
        {
            ["SnpReport"] = Base64Url.Encode(report),
            ["VcekCertChain"] = Base64Url.Encode(Encoding.ASCII.GetBytes(CertificatePem.Write(chip.Certification.Certificates))),
        };
        return new JsonObject
        {
            ["report"] = Base64Url.Encode(Encoding.UTF8.GetBytes(inner.ToJsonString())),
            ["runtimeData"] = new JsonObject { ["data"] = Base64Url.Encode(runtimeData), ["dataType"] = "JSON" },
        }.ToJsonString();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
