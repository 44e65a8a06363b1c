using System.Globalization;
using System.Text;
using System.Text.Json;
using Cove.Guest.Linux;
using Cove.Guest.Processes;
using Cove.Protocol.Messages;

namespace Cove.Agent.Containers;

/// <summary>The OCI runtime, called as a program. Its state lives in the guest's memory.</summary>
/// <param name="processes">Starts and reaps it.</param>
/// <param name="path">The program.</param>
/// <param name="folder">Its state, logs and process files.</param>
internal sealed class Runc(ProcessTable processes, string path, string folder)
{
    private const int Kill = 9;
    private const long Unlimited = -1;

    private static readonly string[] Environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];

    /// <summary>Makes the container; its first process waits to be started. Returns that process.</summary>
    /// <exception cref="GuestFailedException">runc refused, with its own words.</exception>
    public async Task<ChildProcess> CreateAsync(string id, string bundle, StdioDescriptors stdio)
    {
        var pidFile = Path.Combine(bundle, "pid");
        await RunAsync("create-failed", stdio, "create", "--bundle", bundle, "--pid-file", pidFile, id);
        return processes.Adopt(int.Parse(await File.ReadAllTextAsync(pidFile), CultureInfo.InvariantCulture));
    }

    /// <summary>Makes a container whose first process has a terminal, and takes that over.</summary>
    /// <exception cref="GuestFailedException">runc refused, or handed no terminal over.</exception>
    public async Task<(ChildProcess First, PseudoTerminal Terminal)> CreateWithTerminalAsync(string id, string bundle, TimeProvider time)
    {
        using var socket = new TerminalSocket(Path.Combine(folder, $"tty-{Guid.NewGuid().ToString("n")[..8]}"));
        using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        var none = nothing.DangerousGetHandle().ToInt32();
        var pidFile = Path.Combine(bundle, "pid");
        await RunAsync(
            "create-failed", new StdioDescriptors(none, none, none), "create", "--bundle", bundle, "--pid-file", pidFile, "--console-socket", socket.Path, id);
        var first = processes.Adopt(int.Parse(await File.ReadAllTextAsync(pidFile), CultureInfo.InvariantCulture));
        try
        {
            return (first, await socket.ReceiveAsync(time));
        }
        catch (Exception failed) when (failed is TimeoutException or LinuxException)
        {
            first.Signal(Kill);
            throw new GuestFailedException("create-failed", failed.Message);
        }
    }

    public Task StartAsync(string id) => RunAsync("start-failed", null, "start", id);

    /// <summary>Freezes a container's control group.</summary>
    public Task PauseAsync(string id) => RunAsync("pause-failed", null, "pause", id);

    /// <summary>Thaws it.</summary>
    public Task ResumeAsync(string id) => RunAsync("resume-failed", null, "resume", id);

    /// <summary>Sets its limits; none takes a limit away.</summary>
    public Task UpdateAsync(string id, ContainerResources resources) => RunAsync(
        "update-failed", null, "update",
        "--memory", Number(resources.MemoryBytes > 0 ? resources.MemoryBytes : Unlimited),
        "--cpu-period", Number(OciSpec.CpuPeriod),
        "--cpu-quota", Number(resources.Cpus > 0 ? (long)(resources.Cpus * OciSpec.CpuPeriod) : Unlimited),
        id);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Forgets a container, killing what is left of it.</summary>
    public Task DeleteAsync(string id) => RunAsync("delete-failed", null, "delete", "--force", id);

    /// <summary>Starts a process in a container. The process file is gone when this returns.</summary>
    public async Task<RunningExec> ExecAsync(string id, ProcessSpec process, StdioDescriptors stdio)
    {
        var name = Path.Combine(folder, $"exec-{Guid.NewGuid():n}");
        var (spec, pidFile, log) = (name + ".json", name + ".pid", name + ".log");
        await File.WriteAllBytesAsync(spec, OciSpec.Write(process));
        var runc = Spawn(log, stdio, "exec", "--process", spec, "--pid-file", pidFile, id);
        return new RunningExec(processes, process.Args, runc, spec, pidFile, log);
    }

    private async Task RunAsync(string failure, StdioDescriptors? stdio, params string[] arguments)
    {
        var log = Path.Combine(folder, $"runc-{Guid.NewGuid():n}.log");
        try
        {
            using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
            var none = nothing.DangerousGetHandle().ToInt32();
            var exit = await Spawn(log, stdio ?? new StdioDescriptors(none, none, none), arguments).Exit;
            if (exit.Code != 0) throw new GuestFailedException(failure, $"runc {arguments[0]}: {LastError(log)}");
        }
        finally
        {
            File.Delete(log);
        }
    }

    private ChildProcess Spawn(string log, StdioDescriptors stdio, params string[] arguments) =>
        processes.Start([path, "--root", Path.Combine(folder, "state"), "--log", log, "--log-format", "json", .. arguments], Environment, stdio);

    /// <summary>The last message runc logged. It names programs, paths and ids, never environment values.</summary>
    internal static string LastError(string log)
    {
        var message = "it ended without a message";
        if (!File.Exists(log)) return message;
        foreach (var line in File.ReadLines(log, Encoding.UTF8))
        {
            try
            {
                using var entry = JsonDocument.Parse(line);
                if (entry.RootElement.TryGetProperty("level", out var level) && level.GetString() is "error" or "fatal"
                    && entry.RootElement.TryGetProperty("msg", out var text)) message = text.GetString() ?? message;
            }
            catch (JsonException)
            {
                // Not one of its own lines; the next may be.
            }
        }

        return message;
    }
}
