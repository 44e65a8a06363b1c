using System.Security.Cryptography;
using Cove.Cli.Development;
using Cove.Outcomes;

namespace Cove.Cli.GuestImages;

/// <summary>Packages by name, from wherever this host's apt has them, or from a folder of files that were fetched before.</summary>
/// <param name="work">A folder for what is fetched and unpacked.</param>
/// <param name="offline">A folder with package files to use instead of fetching; null to fetch.</param>
internal sealed class DebianPackages(string work, string? offline)
{
    /// <summary>A kernel for machines, by the name of the package that names the newest.</summary>
    private const string KernelName = "linux-image-cloud-amd64";

    /// <summary>Fetches and unpacks a package.</summary>
    /// <param name="name">Its name, with <c>=VERSION</c> to have that version.</param>
    /// <param name="cancellation">Stops.</param>
    public async Task<DebianPackage> TakeAsync(string name, CancellationToken cancellation)
    {
        var file = offline is null ? await FetchAsync(name, cancellation) : Present(name.Split('=')[0]);
        var folder = Path.Combine(work, "unpacked", name.Split('=')[0]);
        Directory.CreateDirectory(folder);
        await RunAsync("dpkg-deb", ["-x", file, folder], cancellation);
        await using var stream = File.OpenRead(file);
        return new DebianPackage(
            await FieldAsync(file, "Package", cancellation), await FieldAsync(file, "Version", cancellation),
            Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation)), folder);
    }

    /// <summary>The newest kernel that apt offers, backports included; or the one that lies in the folder.</summary>
    public async Task<DebianPackage> TakeKernelAsync(CancellationToken cancellation)
    {
        if (offline is not null) return await TakeAsync(Path.GetFileName(Present("linux-image-", versioned: true)).Split('_')[0], cancellation);
        var offered = await RunAsync("apt-cache", ["madison", KernelName], cancellation);
        var version = offered.Split('\n').Select(line => line.Split('|')).FirstOrDefault(line => line.Length > 1)?[1].Trim()
            ?? throw new UnavailableException("package", $"apt offers no {KernelName}");
        var depends = await FieldAsync(await FetchAsync($"{KernelName}={version}", cancellation), "Depends", cancellation);
        var name = depends.Split([',', '(', ' '], StringSplitOptions.RemoveEmptyEntries)[0];
        return await TakeAsync($"{name}={version}", cancellation);
    }

    private async Task<string> FetchAsync(string name, CancellationToken cancellation)
    {
        var folder = Path.Combine(work, "fetched", name.Split('=')[0]);
        Directory.CreateDirectory(folder);

        // apt writes to its working folder; its own user cannot, which it would say on every run.
        await RunAsync("/bin/sh", ["-c", "cd \"$1\" && exec apt-get download -q -o APT::Sandbox::User=root \"$2\"", "sh", folder, name], cancellation);
        return Directory.EnumerateFiles(folder, "*.deb").Single();
    }

    /// <summary>The package file in the folder whose package's name is this, or begins with it and a digit.</summary>
    private string Present(string name, bool versioned = false) =>
        Directory.EnumerateFiles(offline!, "*.deb").Order(StringComparer.Ordinal).LastOrDefault(file => Fits(Path.GetFileName(file).Split('_')[0], name, versioned))
            ?? throw new UnavailableException("package", $"no file of {name} in {offline}");

    private static bool Fits(string found, string name, bool versioned) =>
        versioned ? found.StartsWith(name, StringComparison.Ordinal) && found.Length > name.Length && char.IsAsciiDigit(found[name.Length]) : found == name;

    private static async Task<string> FieldAsync(string file, string field, CancellationToken cancellation) =>
        (await RunAsync("dpkg-deb", ["-f", file, field], cancellation)).Trim();

    private static async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        var (code, output, error) = await Programs.RunAsync(program, arguments, cancellation);
        return code == 0 ? output : throw new UnavailableException(program, error.Trim().Split('\n')[^1]);
    }
}
