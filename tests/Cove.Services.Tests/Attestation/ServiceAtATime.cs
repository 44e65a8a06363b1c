using System.Globalization;
using Cove.AttestationService;
using Cove.Services.Tests.Hosting;

namespace Cove.Services.Tests.Attestation;

/// <summary>The attestation service within the test's own process, which believes that it is the time of the evidence; over TLS all the same.</summary>
internal sealed class ServiceAtATime : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly Task _serving;

    private ServiceAtATime(Uri url, HttpClient client, Task serving, CancellationTokenSource stop) => (Url, Client, _serving, _stop) = (url, client, serving, stop);

    public Uri Url { get; }

    public HttpClient Client { get; }

    public static async Task<ServiceAtATime> StartAsync(TestIdentity identity, DateTimeOffset time, params string[] more)
    {
        var port = TestIdentity.FreePort();
        var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://localhost:{port}"));
        var options = AttestationOptions.Parse([
            "--listen", $"127.0.0.1:{port}", "--issuer", url.AbsoluteUri, "--data", Path.Combine(identity.Folder.FullName, $"data-{Guid.NewGuid():n}"),
            "--tls-certificate", identity.CertificateFile, "--tls-key", identity.KeyFile, .. more]);
        var ready = new TaskCompletionSource();
        var stop = new CancellationTokenSource();
        options = options with
        {
            Shell = options.Shell with
            {
                Ready = _ =>
                {
                    ready.SetResult();
                    return Task.CompletedTask;
                },
            },
        };
        var serving = AttestationServer.ServeAsync(options, new AdjustableClock(time), stop.Token);
        await await Task.WhenAny(ready.Task, serving);
        return new ServiceAtATime(url, identity.Client(url), serving, stop);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _stop.CancelAsync();
        await _serving;
        _stop.Dispose();
    }
}
