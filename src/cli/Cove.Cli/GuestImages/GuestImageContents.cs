using Cove.Outcomes;

namespace Cove.Cli.GuestImages;

/// <summary>What is in a guest image, and nothing else is: the agent, the OCI runtime, the libraries that both need, and the drivers.</summary>
/// <param name="Kernel">The kernel's file.</param>
/// <param name="Files">The initial file system's files.</param>
/// <param name="Modules">Paths of the modules in it that the agent needs to be reached, in the order in which they are loaded.</param>
/// <param name="OtherModules">Those that are loaded while it can already be reached.</param>
/// <param name="Packages">The packages that they come from.</param>
internal sealed record GuestImageContents(string Kernel, IReadOnlyList<GuestFile> Files, IReadOnlyList<string> Modules, IReadOnlyList<string> OtherModules, IReadOnlyList<DebianPackage> Packages)
{
    private const string Libraries = "lib/x86_64-linux-gnu";

    /// <summary>The machine's port.</summary>
    private static readonly string[] First = ["virtio_pci", "virtio_console"];

    /// <summary>Network, disks and file systems; dm-verity, dm-crypt, overlays, loop devices and FUSE for volumes.</summary>
    private static readonly string[] Wanted =
        ["virtio_net", "virtio_scsi", "sd_mod", "dm_verity", "aes_generic", "ecb", "xts", "dm_crypt", "crc32c_generic", "ext4", "overlay", "loop", "fuse"];

    /// <summary>Attestation by hardware, where the kernel has it: what the agent takes its evidence from is settled once, at the start.</summary>
    private static readonly string[] OptionalFirst = ["sev_guest"];

    /// <summary>AES by the processor.</summary>
    private static readonly string[] Optional = ["aesni_intel"];

    private static readonly (string Package, string From, string To)[] Programs =
    [
        ("libc6", $"{Libraries}/ld-linux-x86-64.so.2", "lib64/ld-linux-x86-64.so.2"),
        ("libc6", $"{Libraries}/libc.so.6", $"{Libraries}/libc.so.6"),
        ("libc6", $"{Libraries}/libm.so.6", $"{Libraries}/libm.so.6"),
        ("libssl3", $"usr/{Libraries}/libcrypto.so.3", $"{Libraries}/libcrypto.so.3"),
        ("libssl3", $"usr/{Libraries}/libssl.so.3", $"{Libraries}/libssl.so.3"),
        ("libseccomp2", $"usr/{Libraries}/libseccomp.so.2", $"{Libraries}/libseccomp.so.2"),
        ("runc", "usr/sbin/runc", "usr/sbin/runc"),
    ];

    /// <summary>Gathers it.</summary>
    /// <param name="packages">Where packages come from.</param>
    /// <param name="agent">The native agent's program.</param>
    /// <param name="step">Told what is fetched.</param>
    /// <param name="cancellation">Stops.</param>
    public static async Task<GuestImageContents> GatherAsync(DebianPackages packages, string agent, Action<string> step, CancellationToken cancellation)
    {
        step("fetching the kernel");
        var kernel = await packages.TakeKernelAsync(cancellation);
        var taken = new Dictionary<string, DebianPackage>(StringComparer.Ordinal);
        foreach (var name in Programs.Select(program => program.Package).Distinct())
        {
            step($"fetching {name}");
            taken[name] = await packages.TakeAsync(name, cancellation);
        }

        var files = new List<GuestFile> { new("init", agent, null, Executable: true) };
        foreach (var (package, from, to) in Programs) files.Add(new GuestFile(to, Resolve(taken[package].Folder, from), taken[package].Name, Executable: true));
        var folder = Directory.GetDirectories(Path.Combine(kernel.Folder, "lib/modules")).Single();
        var set = new ModuleSet(folder);
        var first = set.Order(First, OptionalFirst);
        var others = set.Order([.. First, .. Wanted], [.. OptionalFirst, .. Optional]).Where(module => first.All(one => one.Name != module.Name)).ToList();
        foreach (var module in first.Concat(others)) files.Add(new GuestFile(InImage(module), module.Path, kernel.Name, Executable: false, Module: true));
        return new GuestImageContents(
            Directory.GetFiles(Path.Combine(kernel.Folder, "boot"), "vmlinuz-*").Single(), files, Paths(first), Paths(others), [kernel, .. taken.Values]);

        IReadOnlyList<string> Paths(IEnumerable<KernelModule> modules) => [.. modules.Select(module => "/" + InImage(module))];

        string InImage(KernelModule module) => $"lib/modules/{Path.GetFileName(module.Path)}";
    }

    /// <summary>A library's file behind its links, all of which stay inside the package.</summary>
    private static string Resolve(string folder, string path)
    {
        // Releases differ in whether libraries lie below /usr.
        var place = ((string[])[path, $"usr/{path}", path.Replace("usr/", "", StringComparison.Ordinal)]).FirstOrDefault(at => File.Exists(Path.Combine(folder, at)));
        var file = new FileInfo(Path.Combine(folder, place ?? throw new UnavailableException("package", $"it has no {path}")));
        var real = file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName;
        return File.Exists(real) && real.StartsWith(folder, StringComparison.Ordinal) ? real : throw new UnavailableException("package", $"it has no {path}");
    }
}
