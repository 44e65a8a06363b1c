using System.Globalization;
using System.Text;
using Cove.Formats.Files;

namespace Cove.Cli.Development;

/// <summary>
/// A blob store for development: Azurite, Microsoft's emulator, as a process that outlives the command that started it. Its port stays the same from run to
/// run, because policies name the URLs of volumes.
/// </summary>
internal sealed class DevelopmentBlobs(CoveHome home, TimeProvider time)
{
    /// <summary>The account that Azurite has.</summary>
    public const string Account = "devstoreaccount1";

    private const string Name = "blobs";
    private const int DefaultPort = 10000;
    private readonly DevelopmentFolder folder = new(home, time);

    /// <summary>Azurite's account key. It is public, and the same on every machine: this store protects nothing, its volumes' encryption does.</summary>
    public static byte[] AccountKey => Convert.FromBase64String("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==");

    /// <summary>The port on localhost, whether or not it serves.</summary>
    public int Port => Read("port") ?? DefaultPort;

    /// <summary>Its process; null where it does not run.</summary>
    public int? Process => Read("process") is { } id && ServiceProcess.IsAlive(id, Data) ? id : null;

    private string Data => Path.Combine(home.Dev, Name);

    /// <summary>Where a blob is for this machine and for a group on it.</summary>
    public string Url(string blob) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/{Account}/{blob}");

    /// <summary>Makes sure that it serves, and installs it from npm the first time.</summary>
    /// <returns>Whether it had to be started.</returns>
    public async Task<bool> EnsureUpAsync(CancellationToken cancellation)
    {
        if (Process is not null) return false;
        await InstallAsync(cancellation);
        CoveHome.Ensure(home.Root);
        CoveHome.Ensure(home.Dev);
        folder.Data(Name);
        for (var tries = 1; ; tries++)
        {
            var port = LocalPort.IsFree(Port) ? Port : LocalPort.Any();
            string[] arguments = ["--blobHost", "127.0.0.1", "--blobPort", port.ToString(CultureInfo.InvariantCulture), "--location", Data, "--disableTelemetry", "--silent"];
            var process = ServiceProcess.Start(folder, Name, Product.Azurite, arguments, runtime: "node");
            Write("port", port);
            Write("process", process.Id);
            try
            {
                await process.ReadyAsync(cancellation, "Azurite Blob service successfully listens");
                return true;
            }
            catch (CommandFailedException) when (tries < ServiceProcess.MaximumStarts && process.HasLost(port))
            {
                // Somebody else took the port meanwhile: at another one, then.
            }
        }
    }

    /// <summary>Stops it; the blobs stay.</summary>
    /// <returns>Whether it ran.</returns>
    public async Task<bool> DownAsync(CancellationToken cancellation)
    {
        if (Process is not { } id) return false;
        await ServiceProcess.StopAsync(id, cancellation);
        return true;
    }

    private static async Task InstallAsync(CancellationToken cancellation)
    {
        if (File.Exists(Product.Azurite)) return;
        var (code, _, said) = await Programs.RunAsync("/bin/sh", [Product.AzuriteInstaller, Product.AzuriteFolder], cancellation);
        if (code == 0) return;
        var hint = said.Split('\n').LastOrDefault(line => line.Contains("hint: ", StringComparison.Ordinal))?.Split("hint: ")[1];
        throw CommandFailedException.Unavailable("azurite-missing", "the project's volumes need a blob store, and Azurite could not be installed", hint ?? "npm ci");
    }

    private int? Read(string what)
    {
        var file = Path.Combine(home.Dev, $"{Name}.{what}");
        return File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    private void Write(string what, int value) =>
        WholeFile.Replace(Path.Combine(home.Dev, $"{Name}.{what}"), Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
}
