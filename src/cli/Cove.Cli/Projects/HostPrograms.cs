using System.Text.RegularExpressions;
using Cove.Cli.Development;

namespace Cove.Cli.Projects;

/// <summary>Puts programs of this host into a root file system, with the shared libraries they need, so that a small image needs no package manager.</summary>
internal static partial class HostPrograms
{
    /// <summary>Copies a program to <c>/bin</c> of the root file system. BusyBox brings the names of its applets along.</summary>
    public static async Task CopyAsync(string name, string rootfs, CancellationToken cancellation)
    {
        var program = Programs.Find(name)
            ?? throw CommandFailedException.Unavailable("program-missing", $"the image needs a program that this host lacks, {name}", "cove doctor");
        var bin = Directory.CreateDirectory(Path.Combine(rootfs, "bin")).FullName;
        Copy(program, Path.Combine(bin, name));
        foreach (var library in await LibrariesAsync(program, cancellation))
            Copy(library, Path.Combine(rootfs, library.TrimStart('/')));
        if (name != "busybox") return;
        var (_, applets, _) = await Programs.RunAsync(program, ["--list"], cancellation);
        foreach (var applet in applets.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var link = Path.Combine(bin, applet);
            if (!Path.Exists(link)) File.CreateSymbolicLink(link, "busybox");
        }
    }

    /// <summary>The absolute paths that the dynamic loader would load; none for a static program.</summary>
    private static async Task<IReadOnlyList<string>> LibrariesAsync(string program, CancellationToken cancellation)
    {
        var (code, output, _) = await Programs.RunAsync("ldd", [program], cancellation);
        return code == 0 ? [.. LibraryPath().Matches(output).Select(match => match.Groups["path"].Value)] : [];
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to, overwrite: true);
    }

    [GeneratedRegex(@"(=>\s+|^\s+)(?<path>/[^\s(]+)\s+\(0x", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex LibraryPath();
}
