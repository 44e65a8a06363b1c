using Cove.Guest.Linux;
using Cove.Guest.Processes;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Protocol.Server;

namespace Cove.Agent.Calls;

/// <summary>Processes beside the containers, in the guest itself, where the policy lists them as external.</summary>
internal static class ExternalCalls
{
    private const int Kill = 9;

    public static GuestHandlers AddExternalCalls(this GuestHandlers handlers, Guest guest, ProcessTable processes) => handlers
        .On(GuestCalls.ExecExternal, (request, streams, cancellation) => ExecAsync(guest, processes, request, streams, cancellation));

    private static async Task<Verdict<ExecResponse>> ExecAsync(
        Guest guest, ProcessTable processes, ExecExternalRequest request, CallStreams streams, CancellationToken cancellation)
    {
        using var input = Pipe.Create();
        using var output = Pipe.Create();
        using var error = Pipe.Create();
        var stdio = new StdioDescriptors(input.ReadDescriptor, output.WriteDescriptor, error.WriteDescriptor);
        var started = await guest.ChangeAsync(() => StartAsync(guest, processes, request, stdio), cancellation);
        if (!started.IsAccepted(out var running, out var findings)) return findings.ToList();

        var (process, allowed) = running;

        // The host going away ends the process: nobody could learn its outcome any more.
        await using var ended = cancellation.Register(() => process.Signal(Kill));
        _ = ProcessStreams.WriteInputAsync(streams, allowed, input.KeepWriting(), cancellation);
        var reading = Task.WhenAll(
            ProcessStreams.ReadAsync(output.KeepReading(), StdioChannel.Output, allowed ? streams : null, cancellation),
            ProcessStreams.ReadAsync(error.KeepReading(), StdioChannel.Error, allowed ? streams : null, cancellation));
        var exit = await process.Exit;
        await reading;
        cancellation.ThrowIfCancellationRequested();
        return new ExecResponse(exit.Code, allowed);
    }

    private static Task<Verdict<(ChildProcess Process, bool StdioAllowed)>> StartAsync(
        Guest guest, ProcessTable processes, ExecExternalRequest request, StdioDescriptors stdio)
    {
        ContainerCalls.CheckProcess(request.Args, request.Env, request.WorkingDirectory, "0022");
        guest.Mounts.RequireConsistent();
        return guest.Gate.ExecExternalAsync(request, decision =>
        {
            ContainerCalls.CheckFolder(request.WorkingDirectory);
            try
            {
                return Task.FromResult<Verdict<(ChildProcess, bool)>>((processes.Start(request.Args, decision.Env, stdio, request.WorkingDirectory), decision.StdioAllowed));
            }
            catch (LinuxException failed)
            {
                throw new GuestFailedException("exec-failed", failed.Message);
            }
        });
    }
}
