using System.Diagnostics;
using System.Globalization;
using Cove.Services.Tests.Hosting;

namespace Cove.Services.Tests.Attestation;

/// <summary>The attestation service as a process of its own, on a free port.</summary>
internal sealed class AttestationServiceProcess : IAsyncDisposable
{
    private readonly Process _process;

    private AttestationServiceProcess(Process process, Uri url, HttpClient client)
    {
        _process = process;
        Url = url;
        Client = client;
    }

    public Uri Url { get; }

    public HttpClient Client { get; }

    public static async Task<AttestationServiceProcess> StartAsync(TestIdentity identity, string? data, string? developmentRoot, string? accessIssuer = null, string? issuer = null, params string[] more)
    {
        var port = TestIdentity.FreePort();
        var url = string.Create(CultureInfo.InvariantCulture, $"https://localhost:{port}");
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Cove.AttestationService"), [
            "--listen", $"127.0.0.1:{port}", "--issuer", issuer ?? url, .. data is null ? [] : (string[])["--data", data],
            "--tls-certificate", identity.CertificateFile, "--tls-key", identity.KeyFile,
            .. developmentRoot is null ? [] : (string[])["--development-root", developmentRoot],
            .. accessIssuer is null ? [] : (string[])["--access-issuer", accessIssuer],
            .. more])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        // What it asks itself, such as a cache of collateral, has a certificate of the same authority.
        start.Environment["SSL_CERT_FILE"] = identity.AuthorityFile;
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal($"ready {issuer ?? url}", line);
        return new AttestationServiceProcess(process, new Uri(url), identity.Client(new Uri(url)));
    }

    /// <summary>Ends it as a power cut would: SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }
}
