using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Cove.Images.Tests.Registry;

/// <summary>Debian's registry on this machine, with a folder of its own that is thrown away at the end.</summary>
internal sealed class LocalRegistry : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cove-registry-");
    private readonly Process process;

    private LocalRegistry(string? passwords)
    {
        // The system chooses a port that is free now; whoever else took it until the registry asks makes the start fail, and the test with it.
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Name = $"localhost:{((IPEndPoint)probe.LocalEndpoint).Port}";
        probe.Stop();
        var auth = passwords is null ? "" : $"auth: {{ htpasswd: {{ realm: test, path: {Path.Combine(folder.FullName, "passwords")} }} }}\n";
        if (passwords is not null) File.WriteAllText(Path.Combine(folder.FullName, "passwords"), passwords);
        File.WriteAllText(Path.Combine(folder.FullName, "config.yml"), $"""
            version: 0.1
            log: {"{"} level: error {"}"}
            storage: {"{"} filesystem: {"{"} rootdirectory: {Path.Combine(folder.FullName, "data")} {"}"} {"}"}
            http: {"{"} addr: "{Name}" {"}"}
            {auth}
            """);
        process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", Path.Combine(folder.FullName, "config.yml")]) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
    }

    /// <summary>The registry as image names have it.</summary>
    public string Name { get; }

    /// <summary>Starts one, or skips where there is none.</summary>
    /// <param name="passwords">An htpasswd file (bcrypt), for a registry that asks who it is; null for one that does not.</param>
    public static async Task<LocalRegistry> StartAsync(string? passwords = null)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/docker-registry"), "there is no registry here: apt-get install docker-registry");
        var registry = new LocalRegistry(passwords);
        using var http = new HttpClient();
        for (var waiting = Stopwatch.StartNew(); ;)
        {
            try
            {
                using var answer = await http.GetAsync($"http://{registry.Name}/v2/");
                return registry;
            }
            catch (HttpRequestException) when (waiting.Elapsed < Patience && !registry.process.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }
}
