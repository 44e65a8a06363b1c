using System.Diagnostics;
using Cove.Tests.Network;

namespace Cove.Tests.Flow;

/// <summary>Types commands on the host of a world of the test's own, whose name server is the one outside.</summary>
internal sealed class CoveInWorld : IAsyncDisposable
{
    private readonly string resolver = Path.GetTempFileName();

    private CoveInWorld()
    {
        File.WriteAllText(resolver, $"nameserver {OutsideWorld.Server}\n");
        File.SetUnixFileMode(resolver, (UnixFileMode)0b110_100_100);
    }

    public OutsideWorld World { get; } = new();

    public CoveProgram Cove { get; } = new();

    public static async Task<CoveInWorld> CreateAsync()
    {
        var made = new CoveInWorld();

        // What is built is built where packages are to be had.
        (await made.Cove.RunAsync("--version")).ExitedWith(0);
        made.Cove.Start = command => made.World.Host.Run(() => Process.Start(made.InWorld(command))!);
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        await Cove.DisposeAsync();
        World.Dispose();
        File.Delete(resolver);
    }

    // A mount namespace, in which the host's resolver file is another.
    private ProcessStartInfo InWorld(ProcessStartInfo command)
    {
        var there = new ProcessStartInfo("unshare", ["--mount", "/bin/sh", "-c", "mount --bind \"$1\" /etc/resolv.conf && shift && exec \"$@\"", "sh", resolver, command.FileName, .. command.ArgumentList])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in command.Environment) there.Environment[name] = value;
        return there;
    }
}
