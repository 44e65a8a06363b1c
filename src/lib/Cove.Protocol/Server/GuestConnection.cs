using System.Collections.Concurrent;
using System.Threading.Channels;
using Cove.Outcomes;
using Cove.Protocol.Framing;
using Cove.Protocol.Messages;

namespace Cove.Protocol.Server;

/// <summary>One host's connection: reads frames, runs calls side by side, writes answers and notifications.</summary>
internal sealed class GuestConnection(Stream stream, GuestHandlers handlers, TimeProvider time) : IAsyncDisposable
{
    private readonly FrameWriter writer = new(stream);
    private readonly ConcurrentDictionary<ulong, RunningCall> calls = new();
    private readonly CancellationTokenSource closing = new();
    private readonly Channel<ContainerExited> notifications =
        Channel.CreateBounded<ContainerExited>(new BoundedChannelOptions(ProtocolLimits.MaxQueuedNotifications) { FullMode = BoundedChannelFullMode.Wait });

    private ulong lastId;

    private sealed record RunningCall(CallStreams Streams, CancellationTokenSource Stop);

    /// <summary>Serves until the host goes away, breaks the protocol, or the guest stops. Throws nothing of the host's making.</summary>
    public async Task ServeAsync(CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, closing.Token);
        try
        {
            using (var late = new CancellationTokenSource(ProtocolLimits.HandshakeTime, time))
            using (var greeting = CancellationTokenSource.CreateLinkedTokenSource(either.Token, late.Token))
                await Handshake.WelcomeAsync(stream, greeting.Token);

            var notifying = NotifyAsync(either.Token);
            var reader = new FrameReader(stream);
            while (await reader.ReadAsync(either.Token) is { } frame) Take(frame, either.Token);
            await closing.CancelAsync();
            await notifying;
        }
        catch (Exception end) when (end is MalformedException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // A host that breaks the protocol or goes away loses its connection, and nothing else happens.
        }
    }

    /// <summary>Queues a notification; a host that does not read its notifications is disconnected.</summary>
    public void Notify(ContainerExited exited)
    {
        if (!notifications.Writer.TryWrite(exited)) closing.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        foreach (var call in calls.Values)
        {
            call.Streams.Abandon();
            await CancelAsync(call);
        }

        await stream.DisposeAsync();
    }

    private void Take(Frame frame, CancellationToken ended)
    {
        var header = frame.Header;
        if (header.Kind == FrameKind.Request)
        {
            Start(frame, ended);
            return;
        }

        using (frame)
        {
            if (header.Id > lastId) throw new MalformedException("frame", "id", $"{header.Id} is no call of this connection", 8);

            // A call that has been answered may still get stream frames that were under way.
            if (!calls.TryGetValue(header.Id, out var call)) return;
            var fits = header.Kind switch
            {
                FrameKind.Data => call.Streams.Accept(header.Channel, frame.Payload.Span),
                FrameKind.End => call.Streams.Complete(header.Channel),
                FrameKind.Credit => call.Streams.Grant(header.Channel, BitConverter.ToUInt32(frame.Payload.Span)),
                FrameKind.Resize => call.Streams.Resize(FrameHeader.ReadSize(frame.Payload.Span)),
                FrameKind.Cancel => Cancel(call),
                _ => false,
            };
            if (!fits) throw new MalformedException("frame", header.Kind.ToString(), "does not fit the state of its call");
        }
    }

    private static bool Cancel(RunningCall call)
    {
        _ = CancelAsync(call);
        return true;
    }

    private static async Task CancelAsync(RunningCall call)
    {
        try
        {
            await call.Stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It was answered meanwhile.
        }
    }

    private void Start(Frame frame, CancellationToken ended)
    {
        var id = frame.Header.Id;
        if (id <= lastId) throw new MalformedException("frame", "id", $"{id} does not follow {lastId}", 8);
        lastId = id;
        var call = new RunningCall(new CallStreams(writer, id), CancellationTokenSource.CreateLinkedTokenSource(ended));
        var busy = calls.Count >= ProtocolLimits.MaxCalls;
        calls[id] = call;
        _ = Task.Run(() => RunAsync(frame, call, busy), CancellationToken.None);
    }

    private async Task RunAsync(Frame frame, RunningCall call, bool busy)
    {
        var id = frame.Header.Id;
        try
        {
            CallAnswer answer;
            using (frame)
            {
                answer = busy
                    ? GuestHandlers.Refuse(CallOutcome.Failed, "busy", $"{ProtocolLimits.MaxCalls} calls are under way on this connection")
                    : await handlers.HandleAsync(frame.Header.Method, frame.Payload, call.Streams, call.Stop.Token);
            }

            try
            {
                await answer.WriteAsync(writer, id, CancellationToken.None);
            }
            catch (MalformedException tooLong)
            {
                await GuestHandlers.Refuse(CallOutcome.Failed, "answer-too-long", tooLong.Message).WriteAsync(writer, id, CancellationToken.None);
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // The host went away before it was answered.
        }
        finally
        {
            calls.TryRemove(id, out _);
            call.Stop.Dispose();
        }
    }

    private async Task NotifyAsync(CancellationToken ended)
    {
        try
        {
            await foreach (var exited in notifications.Reader.ReadAllAsync(ended))
            {
                await writer.WriteJsonAsync(
                    FrameKind.Notification, (ushort)GuestMethod.ContainerExited, 0, exited, ProtocolJson.Default.ContainerExited, ended);
            }
        }
        catch (Exception end) when (end is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection ended; the reader notices too.
        }
    }
}
