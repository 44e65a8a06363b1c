using System.Diagnostics;
using Npgsql;

[assembly: AssemblyFixture(typeof(Cove.Services.Tests.Hosting.PostgresServer))]

namespace Cove.Services.Tests.Hosting;

/// <summary>A real PostgreSQL server of this test run, on a Unix socket in a temp folder; started when the first test asks.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cove-pg-");
    private readonly Lazy<Task<Process?>> _server;

    public PostgresServer() => _server = new(StartAsync);

    /// <summary>A new database, as a connection string; skips the test where there is no PostgreSQL.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        Assert.SkipWhen(await _server.Value is null, "there is no PostgreSQL: sudo apt-get install -y postgresql");
        var name = $"t{Guid.NewGuid():n}";
        await using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
        await using var make = source.CreateCommand($"CREATE DATABASE {name}");
        await make.ExecuteNonQueryAsync();
        return ConnectionString(name);
    }

    /// <summary>A new database, as the file that a service's <c>--postgres</c> names.</summary>
    public async Task<string> NewDatabaseFileAsync(DirectoryInfo folder)
    {
        var file = Path.Combine(folder.FullName, $"postgres-{Guid.NewGuid():n}");
        await using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        await using var writer = new StreamWriter(stream);
        await writer.WriteAsync(await NewDatabaseAsync());
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server.IsValueCreated && await _server.Value is { } server)
        {
            NpgsqlConnection.ClearAllPools();
            using (var stop = Process.Start("kill", ["-INT", $"{server.Id}"])) await stop.WaitForExitAsync();
            await server.WaitForExitAsync();
            server.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private static string? Find(string program)
    {
        var debian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Reverse().Select(version => Path.Combine(version, "bin")) : [];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(debian).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }

    // PostgreSQL refuses to run as root; then it runs as a user without rights.
    private static ProcessStartInfo AsOrdinaryUser(string program, params string[] arguments)
    {
        string[] command = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, .. arguments] : [program, .. arguments];
        return new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = "/" };
    }

    private static async Task<(int Code, string Output)> RunAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    private string ConnectionString(string database) => $"Host={_folder.FullName};Username=cove;Database={database};Maximum Pool Size=20";

    private async Task<Process?> StartAsync()
    {
        if (Find("initdb") is not { } initdb || Find("postgres") is not { } postgres) return null;
        if (Environment.IsPrivilegedProcess)
        {
            using var own = Process.Start("chown", ["65534:65534", _folder.FullName]);
            await own.WaitForExitAsync();
        }

        var data = Path.Combine(_folder.FullName, "data");
        var (code, output) = await RunAsync(AsOrdinaryUser(initdb, "-D", data, "-U", "cove", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));
        Assert.True(code == 0, output);
        var server = Process.Start(AsOrdinaryUser(postgres, "-D", data, "-k", _folder.FullName, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200", "-c", "log_min_messages=fatal"))!;
        server.ErrorDataReceived += (_, _) => { };
        server.BeginErrorReadLine();
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var source = NpgsqlDataSource.Create(ConnectionString("postgres"));
                await using var connection = await source.OpenConnectionAsync();
                return server;
            }
            catch (NpgsqlException) when (waited.Elapsed < Patience && !server.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }
}
