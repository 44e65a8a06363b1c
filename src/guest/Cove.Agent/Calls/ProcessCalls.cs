using Cove.Agent.Containers;
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
            // The host going away ends the process: nobody could learn its outcome any more.
            await using var ended = cancellation.Register(() => _ = exec.EndAsync(guest.Time));
            _ = WriteInputAsync(streams, allowed, input.KeepWriting(), cancellation);
            var reading = Task.WhenAll(
                Read(output.KeepReading(), StdioChannel.Output, allowed ? streams : null, cancellation),
                Read(error.KeepReading(), StdioChannel.Error, allowed ? streams : null, cancellation));
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
        var container = guest.Container(request.ContainerId);
        var own = container.Spec.Process;

        // The directory variable was appended after the decision about the container, and is again after this one.
        var context = own.Env[^1];
        var asked = own with
        {
            Args = request.Args,
            Env = request.Env ?? [.. own.Env.SkipLast(1)],
            WorkingDirectory = request.WorkingDirectory ?? own.WorkingDirectory,
            User = request.User is null ? own.User : UserLookup.In(container.Spec.Rootfs).Resolve(request.User, []),
            Umask = request.Umask ?? own.Umask,
            Capabilities = request.Capabilities ?? own.Capabilities,
            NoNewPrivileges = request.NoNewPrivileges ?? own.NoNewPrivileges,
        };
        ContainerCalls.CheckProcess(asked.Args, asked.Env, asked.WorkingDirectory, asked.Umask);
        guest.Mounts.RequireConsistent();
        return guest.Gate.ExecAsync(request.ContainerId, asked, decision =>
            container.ExecAsync(asked with { Env = [.. decision.Env, context], Capabilities = GuestCapabilities.Limit(decision.Capabilities, GuestCapabilities.OfThisProcess()) }, stdio));
    }

    private static async Task WriteInputAsync(CallStreams streams, bool allowed, Stream input, CancellationToken cancellation)
    {
        await using (input)
        {
            try
            {
                await streams.CopyInputToAsync(allowed ? input : null, cancellation);
            }
            catch (Exception closed) when (closed is IOException or OperationCanceledException)
            {
                // The process took no more, or ended.
            }
        }
    }

    private static Task Read(Stream stream, StdioChannel channel, CallStreams? streams, CancellationToken cancellation) => Task.Factory.StartNew(
        () =>
        {
            using (stream)
            {
                var buffer = new byte[64 * 1024];
                while (stream.Read(buffer) is var read and > 0)
                {
                    if (streams is null || cancellation.IsCancellationRequested) continue;
                    try
                    {
                        streams.SendAsync(channel, buffer.AsMemory(0, read), cancellation).GetAwaiter().GetResult();
                    }
                    catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
                    {
                        // The host is gone: the rest is read and dropped, so that the process can end.
                        streams = null;
                    }
                }
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private static async Task<Verdict<LogsResponse>> LogsAsync(Guest guest, LogsRequest request, CallStreams streams, CancellationToken cancellation)
    {
        var container = guest.Container(request.ContainerId);
        if (!container.Spec.StdioAllowed)
            return new Finding("stdio-denied", "allow_stdio_access", "true", "false", "container-policy §2.9");
        return new LogsResponse(await container.Log.CopyToAsync(
            (channel, bytes) => streams.SendAsync(channel, bytes, cancellation), request.Follow, cancellation));
    }
}
