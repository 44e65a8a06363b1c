using Cove.Agent.Calls;
using Cove.Agent.Containers;
using Cove.Agent.Policy;
using Cove.Guest.Attesters;
using Cove.Guest.Linux;
using Cove.Guest.Mounts;
using Cove.Guest.Processes;
using Cove.Protocol.Server;

namespace Cove.Agent;

/// <summary>The agent as a process: its private memory, its socket, its end.</summary>
internal static class AgentHost
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(5);

    /// <summary>Runs until stopped, then ends every container, takes every mount down and returns.</summary>
    /// <param name="options">How it was started.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopping">Asks for the end.</param>
    /// <param name="listening">Told once the control socket is there.</param>
    /// <exception cref="LinuxException">The kernel does not let this process mount: it is not root in a mount namespace of its own.</exception>
    public static async Task RunAsync(AgentOptions options, TimeProvider time, CancellationToken stopping, Action? listening = null)
    {
        GuestMounts.Detach();
        GuestMounts.MountMemory(options.State, bytes: 0, Private, asRoot: true);
        var folders = new Mounts.GuestFolders(options.State);
        Directory.CreateDirectory(Path.Combine(folders.Runtime, "state"), Private);

        // What an agent that was killed before could not remove.
        Cgroup.Remove(options.Cgroup);
        using var processes = new ProcessTable();
        var log = new AgentLog(Console.Error, time);
        using var gate = new PolicyGate(() => Attester(options), log);
        using var guest = new Guest(options, gate, new Runc(processes, options.Runc, folders.Runtime), time);
        var handlers = new GuestHandlers()
            .AddPolicyCalls(guest)
            .AddSandboxCalls(guest)
            .AddMountCalls(guest)
            .AddSpaceCalls(guest)
            .AddContainerCalls(guest)
            .AddProcessCalls(guest)
            .AddExternalCalls(guest, processes)
            .AddDiagnosticCalls(guest);
        using (var server = new GuestServer(options.Control, handlers, time))
        {
            guest.Exited += server.Notify;
            guest.Exited += exited => log.Write($"container {exited.ContainerId[..12]} ended with code {exited.ExitCode}, restart: {exited.WillRestart}");
            listening?.Invoke();
            await server.RunAsync(stopping);
        }

        await guest.EndAsync(EndGrace);
        Cgroup.Remove(options.Cgroup);
    }

    private static IAttester? Attester(AgentOptions options) => options.SecureProcessor is { } socket
        ? new SimulatedAttester(socket)
        : AttesterDiscovery.Find(AttesterPaths.Default);
}
