using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Cove.Formats.Certificates;
using Cove.Formats.Jose;
using Cove.KeyService.Access;
using Cove.Services.Tests.Hosting;

namespace Cove.Services.Tests.Keys;

/// <summary>The real key service process with its real command line, which can be killed.</summary>
internal sealed class KeyServiceProcess : IDisposable
{
    private const string Issuer = "https://localhost/test-identity";
    private readonly TestIdentity _identity;
    private readonly ECDsa _issuerKey;
    private readonly KeyServiceProcess? _peer;
    private readonly string? _postgres;
    private readonly TestAuthority? _authority;
    private readonly string _masterKey;
    private readonly string _issuerKeys;
    private Process? _process;

    /// <param name="peer">Another instance, whose identity, keys and vault this one shares.</param>
    /// <param name="postgres">The connection string's file, for state that instances share.</param>
    /// <param name="authority">The attestation service that it believes.</param>
    public KeyServiceProcess(KeyServiceProcess? peer = null, string? postgres = null, TestAuthority? authority = null)
    {
        _peer = peer;
        _authority = authority;
        _postgres = postgres;
        _identity = peer?._identity ?? new();
        _issuerKey = peer?._issuerKey ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Url = new($"https://localhost:{TestIdentity.FreePort()}");
        Vault = peer?.Vault ?? Url;
        _masterKey = Path.Combine(_identity.Folder.FullName, "master.key");
        _issuerKeys = Path.Combine(_identity.Folder.FullName, "issuer.json");
        if (peer is not null) return;
        PrivateFile.Write(_masterKey, RandomNumberGenerator.GetBytes(32));
        File.WriteAllBytes(_issuerKeys, new Jwks([EcJwk.FromEcdsa(_issuerKey, false, keyId: "issuer-1")]).ToJson());
    }

    /// <summary>What the keys' identifiers begin with, whichever instance is asked.</summary>
    public Uri Vault { get; }

    public Uri Url { get; }

    public string DataFolder => Path.Combine(_identity.Folder.FullName, "data");

    public string MasterKeyFile => _masterKey;

    /// <summary>The master key where it is not in that file.</summary>
    public string? MasterKey { get; init; }

    /// <summary>Variables of the service's environment.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>Starts the service and waits for its <c>ready</c> line.</summary>
    public async Task StartAsync(params string[] more)
    {
        _process = Launch(more);
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(120));
        Assert.True(line == $"ready {Vault.AbsoluteUri.TrimEnd('/')}", line ?? await EndedAsync(_process));
    }

    private static async Task<string> EndedAsync(Process process)
    {
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return $"the service ended with {process.ExitCode}: {error}";
    }

    /// <summary>Starts the service where it is expected to end by itself, and gives its exit code and standard error.</summary>
    public async Task<(int ExitCode, string Error)> RunToEndAsync(params string[] more)
    {
        using var process = Launch(more);
        var error = await process.StandardError.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(120));
        await process.WaitForExitAsync();
        return (process.ExitCode, error);
    }

    /// <summary>The next line that it writes to standard error.</summary>
    public Task<string?> ErrorLineAsync() => _process!.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>SIGKILL: no handler runs, nothing is flushed by the process.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Ends the service's standard input, which asks it to stop, and gives its exit code.</summary>
    public async Task<int> StopAsync()
    {
        _process!.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    public HttpClient Owner()
    {
        var client = _identity.Client(Url);
        var token = new AccessTokenIssuer(new(_issuerKey, JwsAlgorithm.ES256), "issuer-1", Issuer, TimeProvider.System).Mint(Vault.AbsoluteUri.TrimEnd('/'), "owner", [Caller.OwnerRole], TimeSpan.FromHours(1));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public void Dispose()
    {
        if (_process is { HasExited: false }) _process.Kill();
        _process?.Dispose();
        if (_peer is not null) return;
        _issuerKey.Dispose();
        _identity.Dispose();
    }

    private Process Launch(string[] more)
    {
        string[] arguments =
        [
            "exec", Path.Combine(AppContext.BaseDirectory, "Cove.KeyService.dll"), "--listen", $"127.0.0.1:{Url.Port}", "--vault-url", Vault.AbsoluteUri,
            .. _postgres is null ? (string[])["--data", DataFolder] : ["--postgres", _postgres], "--tls-certificate", _identity.CertificateFile, "--tls-key", _identity.KeyFile,
            "--authority", $"{_authority?.Url ?? "https://localhost:1"}={_authority?.CertificateAuthorityFile ?? _identity.AuthorityFile}", "--access-issuer", $"{Issuer}={_issuerKeys}", "--master-key", MasterKey ?? _masterKey, "--stop-when-input-ends", .. more,
        ];
        var start = new ProcessStartInfo(System.Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // It does not live long enough to gain from being measured.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
