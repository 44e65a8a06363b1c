using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Cove.Bench;

/// <summary>A service as a process of its own, asked by many clients at once over TLS, each on a connection of its own.</summary>
/// <param name="Took">Milliseconds of each answer, ascending.</param>
/// <param name="PerSecond">Answers by the clock.</param>
/// <param name="PerProcessorSecond">Answers by the service's own processor time.</param>
internal sealed record ServiceLoad(double[] Took, double PerSecond, double PerProcessorSecond)
{
    /// <summary>How many ask at once.</summary>
    public const int Clients = 64;

    // A method is compiled for speed once it has been called often enough, in the background: on a busy machine late.
    private const int WarmUpAnswers = 5000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(12);

    public double P50 => Took[Took.Length / 2];

    public double P99 => Took[Took.Length * 99 / 100];

    /// <summary>Asks for some seconds after a warm-up that is not counted.</summary>
    /// <param name="service">The process.</param>
    /// <param name="connect">Makes a client.</param>
    /// <param name="ask">One request.</param>
    public static async Task<ServiceLoad> MeasureAsync(Process service, Func<HttpClient> connect, Func<HttpClient, Task<HttpResponseMessage>> ask)
    {
        using var stop = new CancellationTokenSource();
        var (counting, answers) = (false, 0);
        ConcurrentBag<List<double>> all = [];
        var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            using var client = connect();
            List<double> took = [];
            while (!stop.IsCancellationRequested)
            {
                var start = Stopwatch.GetTimestamp();
                using var answer = await ask(client);
                var body = await answer.Content.ReadAsStringAsync();
                if (answer.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException($"the service answered {answer.StatusCode}: {body}");
                Interlocked.Increment(ref answers);
                if (Volatile.Read(ref counting)) took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            all.Add(took);
        })).ToList();
        var warming = Stopwatch.GetTimestamp();
        do await Task.Delay(WarmUp);
        while (Volatile.Read(ref answers) < WarmUpAnswers && Stopwatch.GetElapsedTime(warming) < LongestWarmUp && !clients.Exists(c => c.IsCompleted));
        service.Refresh();
        var (used, begun) = (service.TotalProcessorTime, Stopwatch.GetTimestamp());
        Volatile.Write(ref counting, true);
        await Task.Delay(Length);
        Volatile.Write(ref counting, false);
        service.Refresh();
        var (processor, clock) = ((service.TotalProcessorTime - used).TotalSeconds, Stopwatch.GetElapsedTime(begun).TotalSeconds);
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        double[] sorted = [.. all.SelectMany(took => took).Order()];
        return new(sorted, sorted.Length / clock, sorted.Length / processor);
    }

    /// <summary>Starts a service of ours and waits until it is ready.</summary>
    public static async Task<Process> StartAsync(string program, IReadOnlyList<string> arguments)
    {
        var process = Process.Start(new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, program), arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        return await process.StandardOutput.ReadLineAsync() is not null ? process : throw new InvalidOperationException($"{program} did not start");
    }

    /// <summary>A client that trusts this root alone.</summary>
    public static HttpClient Client(Uri url, X509Certificate2 root) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { root }, RevocationMode = X509RevocationMode.NoCheck },
        },
    })
    { BaseAddress = url };

    public static Uri FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}
