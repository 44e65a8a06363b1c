using System.Globalization;
using Cove.Guest.Processes;

namespace Cove.Agent.Containers;

/// <summary>A process that was started in a running container, by way of a <c>runc exec</c> that stays its parent.</summary>
/// <param name="processes">Whose child runc is.</param>
/// <param name="args">What the process was started with.</param>
/// <param name="runc">Its parent.</param>
/// <param name="specFile">The process file.</param>
/// <param name="pidFile">Written by runc once the process has started.</param>
/// <param name="logFile">runc's log.</param>
internal sealed class RunningExec(
    ProcessTable processes, IReadOnlyList<string> args, ChildProcess runc, string specFile, string pidFile, string logFile) : IDisposable
{
    private const int Kill = 9;
    private const int WindowChanged = 28;
    private const int Looks = 250;

    private static readonly TimeSpan LookTime = TimeSpan.FromMilliseconds(20);

    /// <summary>What it was started with: how policies name it for signals.</summary>
    public IReadOnlyList<string> Args => args;

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code; or null and runc's message where it never started.</returns>
    public async Task<(int? Code, string? Failure)> WaitAsync()
    {
        var exit = await runc.Exit;
        return File.Exists(pidFile) ? (exit.Code, null) : (null, Runc.LastError(logFile));
    }

    /// <summary>Sends a signal to the process itself; runc passes none of them on without a terminal. False where it has not started or has ended.</summary>
    public bool Signal(int signal)
    {
        if (runc.Exit.IsCompleted || !File.Exists(pidFile)) return false;
        return int.TryParse(File.ReadAllText(pidFile), CultureInfo.InvariantCulture, out var process) && processes.SignalGrandchild(runc, process, signal);
    }

    /// <summary>runc takes its own terminal's size over to the process's when it gets this signal, which the kernel sends to those only whose terminal it controls.</summary>
    public void Resized() => runc.Signal(WindowChanged);

    /// <summary>Ends it. While runc is still on its way into the container there is no process to end yet, and it must not get away.</summary>
    public async Task EndAsync(TimeProvider time)
    {
        for (var look = 0; look < Looks && !runc.Exit.IsCompleted; look++)
        {
            if (Signal(Kill)) return;
            await Task.Delay(LookTime, time);
        }

        runc.Signal(Kill);
    }

    public void Dispose()
    {
        foreach (var file in (string[])[specFile, pidFile, logFile]) File.Delete(file);
    }
}
