using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cove.Attestation.Measurement;
using Cove.Cli.Development;

namespace Cove.Cli.GuestImages;

/// <summary>Writes a guest image's folder. The same contents give the same bytes, file by file.</summary>
internal static class GuestImageBuilder
{
    /// <summary>The list of what is measured, in the image's folder.</summary>
    public const string ManifestName = "manifest.json";

    /// <summary>What the manifest calls firmware that SEV-SNP can launch with.</summary>
    public const string Ovmf = "ovmf";

    /// <summary>The packages that it is made of, in the image's folder (CycloneDX).</summary>
    public const string BillName = "sbom.cdx.json";

    /// <summary>Digests of every other file, in the image's folder, as sha256sum writes and checks them.</summary>
    public const string DigestsName = "SHA256SUMS";

    /// <summary>
    /// Part of the measurement. Nothing is printed unless the kernel gives up, which ends the machine; the rest spares a machine without old
    /// hardware the search for it, and keeps the initial files in the plainest file system that the kernel has.
    /// </summary>
    public const string CommandLine =
        "console=ttyS0 quiet loglevel=1 panic=-1 oops=panic random.trust_cpu=on cryptomgr.notests tsc=reliable no_timer_check rcupdate.rcu_expedited=1 i8042.noaux i8042.nokbd net.ifnames=0 rootfstype=ramfs";

    private static readonly string[] Folders = ["dev", "proc", "root", "run", "sys", "tmp"];

    /// <summary>Processor counts whose measurements the manifest tells.</summary>
    private static readonly int[] ProcessorCounts = [1, 2, 4, 8, 16];

    /// <summary>Writes the image, replacing one that is there as a whole.</summary>
    /// <param name="contents">What goes into it.</param>
    /// <param name="firmware">An OVMF image for SEV-SNP; null for the stand-in of the other modes.</param>
    /// <param name="folder">Where.</param>
    /// <param name="cancellation">Stops.</param>
    public static async Task<GuestManifest> WriteAsync(GuestImageContents contents, byte[]? firmware, string folder, CancellationToken cancellation)
    {
        var fresh = folder + ".new";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        Directory.CreateDirectory(fresh);
        File.Copy(contents.Kernel, Path.Combine(fresh, "vmlinuz"));
        await File.WriteAllTextAsync(Path.Combine(fresh, "cmdline"), CommandLine, cancellation);
        await File.WriteAllBytesAsync(Path.Combine(fresh, "firmware.fd"), firmware ?? StandInFirmware.Write(), cancellation);
        IReadOnlyList<MeasuredFile> measured;
        await using (var initrd = File.Create(Path.Combine(fresh, "initrd"))) measured = WriteInitialFiles(contents, initrd);

        var image = GuestImage.Open(fresh);
        var measurements = new SortedDictionary<int, string>();
        foreach (var count in ProcessorCounts) measurements[count] = Convert.ToHexStringLower(await image.MeasureAsync(count, cancellation));
        var manifest = new GuestManifest(
            measured.Single(file => file.Path == "init").Sha256, firmware is null ? "stand-in" : Ovmf, GuestImage.ProcessorName, measurements, CommandLine, [.. contents.Modules, .. contents.OtherModules], measured,
            [.. contents.Packages.Select(package => new MeasuredPackage(package.Name, package.Version, package.Sha256))]);
        await WriteJsonAsync(Path.Combine(fresh, ManifestName), JsonSerializer.SerializeToUtf8Bytes(manifest, GuestManifestJson.Default.GuestManifest), cancellation);
        await WriteJsonAsync(Path.Combine(fresh, BillName), GuestBill.Write(manifest), cancellation);
        await WriteDigestsAsync(fresh, cancellation);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.Move(fresh, folder);
        return manifest;
    }

    /// <summary>Writes the initial file system: folders, the console, the module list, then every file in order of its path.</summary>
    internal static IReadOnlyList<MeasuredFile> WriteInitialFiles(GuestImageContents contents, Stream output)
    {
        var measured = new List<MeasuredFile>();
        var archive = new CpioWriter(output);
        var folders = contents.Files.SelectMany(file => Parents(file.Path)).Concat(Folders).Concat(Parents(ModuleList)).Distinct().Order(StringComparer.Ordinal);
        foreach (var folder in folders) archive.Folder(folder);

        // The kernel opens it for the first process before anything is mounted.
        archive.CharacterDevice("dev/console", 5, 1);

        // And .NET looks for randomness once, before there is a /dev, and never again where it found none.
        archive.CharacterDevice("dev/urandom", 1, 9);
        Add(ModuleList, Lines(contents.Modules), null, executable: false);
        Add(ModuleList + ".other", Lines(contents.OtherModules), null, executable: false);
        foreach (var file in contents.Files.OrderBy(file => file.Path, StringComparer.Ordinal)) Add(file.Path, file.Read(), file.Package, file.Executable);
        archive.Finish();
        return measured;

        static byte[] Lines(IReadOnlyList<string> modules) => Encoding.ASCII.GetBytes(string.Concat(modules.Select(module => module + '\n')));

        void Add(string path, byte[] content, string? package, bool executable)
        {
            archive.File(path, content, executable);
            measured.Add(new MeasuredFile(path, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)), package));
        }
    }

    private const string ModuleList = "etc/cove/modules";

    private static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1)) yield return path[..slash];
    }

    private static Task WriteJsonAsync(string path, byte[] json, CancellationToken cancellation) => File.WriteAllBytesAsync(path, [.. json, (byte)'\n'], cancellation);

    private static async Task WriteDigestsAsync(string folder, CancellationToken cancellation)
    {
        var lines = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            await using var stream = File.OpenRead(file);
            lines.Append(Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation))).Append("  ").Append(Path.GetFileName(file)).Append('\n');
        }

        await File.WriteAllTextAsync(Path.Combine(folder, DigestsName), lines.ToString(), cancellation);
    }
}
