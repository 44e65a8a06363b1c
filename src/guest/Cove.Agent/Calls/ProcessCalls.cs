using Cove.Agent.Containers;
using Cove.Agent.Policy;
using Cove.Guest.Processes;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Protocol.Server;

namespace Cove.Agent.Calls;

/// <summary>What streams: further processes in a container, and its output.</summary>
internal static class ProcessCalls
{
    public static GuestHandlers AddProcessCalls(this GuestHandlers handlers, Guest guest) => handlers
        .On(GuestCalls.Exec, (request, streams, cancellation) => ExecAsync(guest, request, streams, cancellation))
        .On(GuestCalls.Logs, (request, streams, cancellation) => guest.AskAsync(() => LogsAsync(guest, request, streams, cancellation)));

    private static async Task<Verdict<ExecResponse>> ExecAsync(Guest guest, ExecRequest request, CallStreams streams, CancellationToken cancellation)
    {
        using var input = Pipe.Create();
        using var output = Pipe.Create();
        using var error = Pipe.Create();
        var stdio = new StdioDescriptors(input.ReadDescriptor, output.WriteDescriptor, error.WriteDescriptor);
        var started = await guest.ChangeAsync(() => StartAsync(guest, request, stdio), cancellation);
        if (!started.IsAccepted(out var exec, out var findings)) return findings.ToList();

        var container = guest.Container(request.ContainerId);
        var allowed = container.Spec.StdioAllowed;
        try
        {
            await streams.BeginAsync(cancellation);

            // The host going away ends the process: nobody could learn its outcome any more.
            await using var ended = cancellation.Register(() => _ = exec.EndAsync(guest.Time));
            _ = ProcessStreams.WriteInputAsync(streams, allowed, input.KeepWriting(), cancellation);
            var reading = Task.WhenAll(
                ProcessStreams.ReadAsync(output.KeepReading(), StdioChannel.Output, allowed ? streams : null, cancellation),
                ProcessStreams.ReadAsync(error.KeepReading(), StdioChannel.Error, allowed ? streams : null, cancellation));
            var (code, failure) = await exec.WaitAsync();
            await reading;
            cancellation.ThrowIfCancellationRequested();
            return code is { } exit ? new ExecResponse(exit, allowed) : throw new GuestFailedException("exec-failed", failure!);
        }
        finally
        {
            container.Forget(exec);
        }
    }

    private static Task<Verdict<RunningExec>> StartAsync(Guest guest, ExecRequest request, StdioDescriptors stdio)
    {
        var spec = guest.Find(request.ContainerId)?.Spec;
        var own = spec?.Process;
        var asked = new ProcessSpec(
            request.Args,
            request.Env ?? [.. own?.Env.SkipLast(1) ?? []],
            request.WorkingDirectory ?? own?.WorkingDirectory ?? "/",
            request.User is null && own is not null ? own.User : UserLookup.In(spec?.Rootfs).Resolve(request.User ?? "", []),
            request.Umask ?? own?.Umask ?? "0022",
            request.Capabilities ?? own?.Capabilities ?? PolicyInputs.DefaultCapabilities(privileged: false),
            request.NoNewPrivileges ?? own?.NoNewPrivileges ?? false);
        ContainerCalls.CheckProcess(asked.Args, asked.Env, asked.WorkingDirectory, asked.Umask);
        guest.Mounts.RequireConsistent();
        return guest.Gate.ExecAsync(request.ContainerId, asked, decision =>
        {
            var container = guest.Container(request.ContainerId);
            ContainerCalls.CheckFolder(asked.WorkingDirectory);
            var limited = GuestCapabilities.Limit(decision.Capabilities, GuestCapabilities.OfThisProcess());

            // The directory variable was appended after the decision about the container, and is again after this one.
            return container.ExecAsync(asked with { Env = [.. decision.Env, container.Spec.Process.Env[^1]], Capabilities = limited }, stdio);
        });
    }

    private static async Task<Verdict<LogsResponse>> LogsAsync(Guest guest, LogsRequest request, CallStreams streams, CancellationToken cancellation)
    {
        var container = guest.Container(request.ContainerId);
        if (!container.Spec.StdioAllowed)
            return new Finding("stdio-denied", "allow_stdio_access", "true", "false", "container-policy §2.9");
        return new LogsResponse(await container.Log.CopyToAsync(
            (channel, bytes) => streams.SendAsync(channel, bytes, cancellation), request.Follow, cancellation));
    }
}
