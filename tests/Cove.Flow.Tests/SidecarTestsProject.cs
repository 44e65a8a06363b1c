using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Cove.Tests.Flow;

/// <summary>
/// A project whose one container, a privileged one, runs classes of the sidecar's own tests: what they ask of a kernel they ask of the machine's. The image is put together
/// from the runtime and programs of this host.
/// </summary>
internal sealed partial class SidecarTestsProject : IDisposable
{
    private const string Tests = "Cove.Sidecar.Tests";
    private static readonly string Runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    /// <param name="classes">The test classes, by their full names.</param>
    public SidecarTestsProject(params string[] classes)
    {
        var root = Directory.CreateDirectory(Path.Combine(Folder, "root")).FullName;
        CopyRuntime(Path.Combine(root, "dotnet"));
        Copy(Path.Combine(AppContext.BaseDirectory, "..", "..", Tests, "release"), Path.Combine(root, "tests"));
        foreach (var library in Libraries(Path.Combine(Runtime, "libcoreclr.so"))) CopyFile(library, root + library);
        Directory.CreateDirectory(Path.Combine(root, "tmp"));
        var programs = Directory.CreateDirectory(Path.Combine(root, "usr", "sbin")).FullName;
        foreach (var program in (string[])["mkfs.ext4", "e2fsck"]) File.CreateSymbolicLink(Path.Combine(programs, program), $"/bin/{program}");
        var chosen = string.Concat(classes.Select(one => $""", "-class", "{one}" """.TrimEnd()));
        File.WriteAllText(Path.Combine(Folder, "cove.json"), """{ "template": "compose.yaml", "images": { "tests:1": { "directory": "root", "programs": [ "sync", "openssl", "mkfs.ext4", "e2fsck" ], "env": [ "PATH=/bin" ] } } }""");
        File.WriteAllText(
            Path.Combine(Folder, "compose.yaml"),
            $"""
            services:
              tests:
                image: tests:1
                privileged: true
                mem_limit: 1500m
                cpus: 2
                command: [ "/dotnet/dotnet", "/tests/{Tests}.dll", "-noColor", "-parallel", "none"{chosen} ]
                environment:
                  DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1"
                  DOTNET_TieredPGO: "0"

            """.ReplaceLineEndings("\n"));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("cove-machine-tests-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>The runtime that runs this test, and the framework for services of the same version.</summary>
    private static void CopyRuntime(string to)
    {
        var shared = Path.GetFullPath(Path.Combine(Runtime, "..", ".."));
        var version = Path.GetFileName(Runtime);
        foreach (var part in (string[])[$"shared/Microsoft.NETCore.App/{version}", $"shared/Microsoft.AspNetCore.App/{version}", "host/fxr"])
            Copy(Path.Combine(shared, "..", part), Path.Combine(to, part));
        CopyFile(Path.Combine(shared, "..", "dotnet"), Path.Combine(to, "dotnet"));
    }

    private static IEnumerable<string> Libraries(string file)
    {
        using var ldd = Process.Start(new ProcessStartInfo("ldd", [file]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var said = ldd.StandardOutput.ReadToEnd();
        ldd.WaitForExit();
        return Library().Matches(said).Select(match => match.Groups["path"].Value);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories)) CopyFile(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    private static void CopyFile(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to, overwrite: true);
    }

    [GeneratedRegex(@"(?:=> |^\s*)(?<path>/\S+) \(0x", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Library();
}
