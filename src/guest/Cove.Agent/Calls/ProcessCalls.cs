using Cove.Agent.Containers;
using Cove.Agent.Policy;
using Cove.Guest.Linux;
using Cove.Guest.Processes;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Protocol.Server;

namespace Cove.Agent.Calls;

/// <summary>What streams: further processes in a container, its output, its input.</summary>
internal static class ProcessCalls
{
    /// <summary>The policy keeps the streams of a container's processes inside.</summary>
    public static Finding StdioDenied { get; } = new("stdio-denied", "allow_stdio_access", "true", "false", "container-policy §2.9");

    public static GuestHandlers AddProcessCalls(this GuestHandlers handlers, Guest guest) => handlers
        .On(GuestCalls.Exec, (request, streams, cancellation) => request.Terminal
            ? ExecOnTerminalAsync(guest, request, streams, cancellation)
            : ExecAsync(guest, request, streams, cancellation))
        .On(GuestCalls.Logs, (request, streams, cancellation) => guest.AskAsync(() => LogsAsync(guest, request, streams, cancellation)))
        .On(GuestCalls.Attach, (request, streams, cancellation) => guest.AskAsync(() => AttachAsync(guest, request, streams, cancellation)));

    private static async Task<Verdict<ExecResponse>> ExecAsync(Guest guest, ExecRequest request, CallStreams streams, CancellationToken cancellation)
    {
        using var input = Pipe.Create();
        using var output = Pipe.Create();
        using var error = Pipe.Create();
        var stdio = new StdioDescriptors(input.ReadDescriptor, output.WriteDescriptor, error.WriteDescriptor);
        var started = await guest.ChangeAsync(() => StartAsync(guest, request, stdio), cancellation);
        if (!started.IsAccepted(out var exec, out var findings)) return findings.ToList();

        var allowed = guest.Container(request.ContainerId).Spec.StdioAllowed;
        return await FollowAsync(guest, request, exec, streams, () =>
        {
            _ = ProcessStreams.WriteInputAsync(streams, allowed, input.KeepWriting(), cancellation);
            return Task.WhenAll(
                ProcessStreams.ReadAsync(output.KeepReading(), StdioChannel.Output, allowed ? streams : null, cancellation),
                ProcessStreams.ReadAsync(error.KeepReading(), StdioChannel.Error, allowed ? streams : null, cancellation));
        }, cancellation);
    }

    /// <summary>The terminal of the guest that runc gets as its own, and whose bytes and size it passes on to the one that it makes in the container.</summary>
    private static async Task<Verdict<ExecResponse>> ExecOnTerminalAsync(Guest guest, ExecRequest request, CallStreams streams, CancellationToken cancellation)
    {
        var terminal = OpenTerminal(out var far);
        using (far)
        {
            var number = far.DangerousGetHandle().ToInt32();
            var started = await guest.ChangeAsync(() => StartAsync(guest, request, new StdioDescriptors(number, number, number)), cancellation);
            if (!started.IsAccepted(out var exec, out var findings))
            {
                terminal.Dispose();
                return findings.ToList();
            }

            return await FollowAsync(guest, request, exec, streams, () =>
            {
                far.Dispose();
                streams.OnResize(size =>
                {
                    terminal.Resize(size.Rows, size.Columns);
                    exec.Resized();
                });
                _ = ProcessStreams.TypeAsync(streams, terminal.Stream, cancellation);
                return ProcessStreams.ReadAsync(terminal.Stream, StdioChannel.Output, streams, cancellation);
            }, cancellation);
        }
    }

    private static async Task<Verdict<ExecResponse>> FollowAsync(
        Guest guest, ExecRequest request, RunningExec exec, CallStreams streams, Func<Task> carry, CancellationToken cancellation)
    {
        var container = guest.Container(request.ContainerId);
        try
        {
            await streams.BeginAsync(cancellation);

            // The host going away ends the process: nobody could learn its outcome any more.
            await using var ended = cancellation.Register(() => _ = exec.EndAsync(guest.Time));
            var reading = carry();
            var (code, failure) = await exec.WaitAsync();
            await reading;
            cancellation.ThrowIfCancellationRequested();
            return code is { } exit ? new ExecResponse(exit, container.Spec.StdioAllowed) : throw new GuestFailedException("exec-failed", failure!);
        }
        finally
        {
            container.Forget(exec);
        }
    }

    private static PseudoTerminal OpenTerminal(out Microsoft.Win32.SafeHandles.SafeFileHandle far)
    {
        try
        {
            return PseudoTerminal.Open(out far);
        }
        catch (LinuxException none)
        {
            throw new GuestFailedException("exec-failed", none.Message);
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
            request.NoNewPrivileges ?? own?.NoNewPrivileges ?? false,
            request.Terminal);
        ContainerCalls.CheckProcess(asked.Args, asked.Env, asked.WorkingDirectory, asked.Umask);
        guest.Mounts.RequireConsistent();
        return guest.Gate.ExecAsync(request.ContainerId, asked, async decision =>
        {
            var container = guest.Container(request.ContainerId);
            if (request.Terminal && !container.Spec.StdioAllowed) return StdioDenied;
            ContainerCalls.CheckFolder(asked.WorkingDirectory);
            var limited = GuestCapabilities.Limit(decision.Capabilities, GuestCapabilities.OfThisProcess());

            // The directory variable was appended after the decision about the container, and is again after this one.
            return await container.ExecAsync(asked with { Env = [.. decision.Env, container.Spec.Process.Env[^1]], Capabilities = limited }, stdio);
        });
    }

    private static async Task<Verdict<LogsResponse>> LogsAsync(Guest guest, LogsRequest request, CallStreams streams, CancellationToken cancellation)
    {
        var container = guest.Container(request.ContainerId);
        if (!container.Spec.StdioAllowed) return StdioDenied;
        return new LogsResponse(await container.Log.CopyToAsync(
            (channel, bytes) => streams.SendAsync(channel, bytes, cancellation), request.Follow, cancellation));
    }

    private static async Task<Verdict<Done>> AttachAsync(Guest guest, AttachRequest request, CallStreams streams, CancellationToken cancellation)
    {
        var container = guest.Container(request.ContainerId);
        if (!container.Spec.StdioAllowed) return StdioDenied;
        if (!container.Spec.Input && !container.Spec.Process.Terminal) throw new GuestFailedException("input-missing", "the container was made without an input");
        if (container.TakeInput() is not { } input)
            return container.Terminated.IsCompleted ? new Done() : throw new GuestFailedException("input-taken", "the container has its input from another call");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (container.Spec.Process.Terminal)
        {
            streams.OnResize(container.Resize);
            _ = ProcessStreams.TypeAsync(streams, input, either.Token);
            await container.Terminated.WaitAsync(cancellation);
        }
        else
        {
            await Task.WhenAny(ProcessStreams.WriteInputAsync(streams, allowed: true, input, either.Token), container.Terminated);
        }

        await either.CancelAsync();
        return new Done();
    }
}
