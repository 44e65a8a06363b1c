using System.Diagnostics;
using System.Text.Json;
using Cove.Cli.Development;
using Cove.Protocol.Launch;

namespace Cove.Cli.Commands.Run;

/// <summary>Starts the runtime for one group, gives it the spec, and listens to what it says.</summary>
internal static class GroupSupervisor
{
    private const string LogName = "runtime.log";

    /// <summary>Returns when the group is over or, detached, when it runs.</summary>
    /// <exception cref="OperationCanceledException">The user interrupted; the group was stopped.</exception>
    public static async Task RunAsync(LaunchSpec spec, GroupStory story, bool detach, CancellationToken cancellation)
    {
        // A session of its own: an interrupt from the terminal reaches this command only, which then ends the group in order.
        // And an error stream of its own: whoever waits for the end of ours must not wait for a group that is left running.
        var log = Path.Combine(spec.Folders.Group, LogName);
        var start = new ProcessStartInfo("setsid", ["/bin/sh", "-c", "log=$1; shift; exec \"$@\" 2>\"$log\"", "sh", log, "dotnet", Product.Runtime, "launch"])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        using var runtime = Process.Start(start)!;
        var interrupted = false;
        await using var stop = cancellation.Register(() =>
        {
            interrupted = true;
            ServiceProcess.Interrupt(runtime.Id);
        });
        await JsonSerializer.SerializeAsync(runtime.StandardInput.BaseStream, spec, LaunchJson.Default.LaunchSpec, CancellationToken.None);
        runtime.StandardInput.Close();
        while (await runtime.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            var said = JsonSerializer.Deserialize(line, LaunchJson.Default.LaunchEvent)!;
            story.Tell(said);
            if (detach && said is LaunchEvent.GroupRunning) return;
        }

        await runtime.WaitForExitAsync(CancellationToken.None);
        if (interrupted) throw new OperationCanceledException(cancellation);
        if (runtime.ExitCode != 0 && story.Failed is null)
            throw CommandFailedException.Unavailable("runtime-ended", $"the runtime ended with {runtime.ExitCode} and did not say why", $"see {log}");
    }
}
