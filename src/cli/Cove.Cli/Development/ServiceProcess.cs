using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Cove.Cli.Development;

/// <summary>One service as a process of its own session, its output in a log file.</summary>
internal sealed partial class ServiceProcess
{
    /// <summary>How often a service is started, each time at another port, while others take its ports.</summary>
    public const int MaximumStarts = 5;

    private const int Terminate = 15, Kill = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Grace = TimeSpan.FromSeconds(10), Look = TimeSpan.FromMilliseconds(25);

    private readonly Process process;
    private readonly string name;
    private readonly string log;

    private ServiceProcess(Process process, string name, string log) => (this.process, this.name, this.log) = (process, name, log);

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    /// <summary>Whether it ended because somebody else took its port between the look at the port and its own start.</summary>
    public bool HasLost(int port) => HasEnded && !LocalPort.IsFree(port);

    public static ServiceProcess Start(DevelopmentFolder folder, string name, string program, IReadOnlyList<string> arguments, string runtime = "dotnet")
    {
        var log = folder.Log(name);
        var start = new ProcessStartInfo("setsid") { UseShellExecute = false };
        foreach (var word in (string[])["/bin/sh", "-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1 </dev/null", "sh", log, runtime, program, .. arguments])
            start.ArgumentList.Add(word);
        File.Delete(log);
        return new ServiceProcess(Process.Start(start)!, name, log);
    }

    /// <summary>Completes when the service says that it serves.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="line">How the line that says so begins.</param>
    public async Task ReadyAsync(CancellationToken cancellation, string line = "ready ")
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(Patience);
        while (!Said(line))
        {
            if (process.HasExited) throw NotStarted($"ended at once with {process.ExitCode}");
            try
            {
                await Task.Delay(Look, late.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw NotStarted($"was not ready within {Patience.TotalSeconds:0} s");
            }
        }
    }

    /// <summary>Whether a process is a service started with this file among its arguments: ids are reused, file names are not.</summary>
    public static bool IsAlive(int id, string argument)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Split('\0').Contains(argument);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Asks a process to end.</summary>
    public static void Interrupt(int id) => _ = kill(id, Terminate);

    /// <summary>Ends a process, gently first.</summary>
    public static async Task StopAsync(int id, CancellationToken cancellation)
    {
        _ = kill(id, Terminate);
        for (var waited = TimeSpan.Zero; Exists(id); waited += Look)
        {
            if (waited > Grace) _ = kill(id, Kill);
            await Task.Delay(Look, cancellation);
        }
    }

    private static bool Exists(int id) =>
        File.Exists($"/proc/{id}/stat") && File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].TrimStart() is not ['Z', ..];

    private bool Said(string line) => File.Exists(log) && File.ReadLines(log).Any(said => said.StartsWith(line, StringComparison.Ordinal));

    private CommandFailedException NotStarted(string how)
    {
        var last = File.Exists(log) ? string.Join("; ", File.ReadLines(log).TakeLast(3)) : "";
        return CommandFailedException.Unavailable("service-not-started", $"the {name} service {how}: {last}", $"see {log}");
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
