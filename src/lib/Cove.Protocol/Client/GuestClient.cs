using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using Cove.Outcomes;
using Cove.Protocol.Framing;
using Cove.Protocol.Messages;
using Cove.Protocol.Streams;

namespace Cove.Protocol.Client;

/// <summary>
/// A host's connection to a guest. Calls run side by side. A denial is a rejected verdict, its last finding (<c>policy-decision</c>) holding
/// the denial object as Azure's guests send it. A malformed request throws <see cref="MalformedException"/>, a failure
/// <see cref="GuestFailedException"/>, a lost guest <see cref="UnavailableException"/>. After a loss, connect again: containers go on.
/// </summary>
public sealed class GuestClient : IAsyncDisposable
{
    private static readonly TimeSpan RetryTime = TimeSpan.FromMilliseconds(25);

    private readonly Stream stream;
    private readonly FrameWriter writer;
    private readonly ConcurrentDictionary<ulong, PendingCall> pending = new();
    private readonly Channel<ContainerExited> exits = Channel.CreateBounded<ContainerExited>(
        new BoundedChannelOptions(ProtocolLimits.MaxQueuedNotifications) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly CancellationTokenSource closing = new();
    private readonly SemaphoreSlim starting = new(1, 1);
    private readonly Task reading;
    private ulong lastId;
    private bool disposed;
    private volatile Exception? lost;

    private GuestClient(Stream stream)
    {
        this.stream = stream;
        writer = new FrameWriter(stream);
        reading = Task.Run(ReadAsync);
    }

    /// <summary>What happened in the guest since the connection was made; ends with the connection. Keeps the newest thousand unread.</summary>
    public IAsyncEnumerable<ContainerExited> ContainerExits => exits.Reader.ReadAllAsync();

    /// <summary>Connects to a guest's Unix socket.</summary>
    /// <param name="socketPath">The socket the agent listens on.</param>
    /// <param name="patience">How long to try again while nothing listens there yet.</param>
    /// <param name="time">The clock that patience is measured with.</param>
    /// <param name="cancellation">Stops trying.</param>
    /// <exception cref="UnavailableException">Nothing answered in time.</exception>
    public static async Task<GuestClient> ConnectAsync(
        string socketPath, TimeSpan patience = default, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        time ??= TimeProvider.System;
        var began = time.GetTimestamp();
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation);
                return await OpenAsync(new NetworkStream(socket, ownsSocket: true), time, cancellation);
            }
            catch (SocketException refused)
            {
                socket.Dispose();
                if (time.GetElapsedTime(began) >= patience)
                    throw new UnavailableException($"guest at {socketPath}", refused.Message, refused);
            }

            await Task.Delay(RetryTime, time, cancellation);
        }
    }

    /// <summary>Greets the guest at the other end of a stream, which the client then owns.</summary>
    /// <exception cref="UnavailableException">It did not answer in time, or closed.</exception>
    /// <exception cref="MalformedException">What answered is not a guest, or speaks another version.</exception>
    public static async Task<GuestClient> OpenAsync(Stream stream, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        using var late = new CancellationTokenSource(ProtocolLimits.HandshakeTime, time ?? TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            await Handshake.GreetAsync(stream, either.Token);
            return new GuestClient(stream);
        }
        catch (Exception failed)
        {
            await stream.DisposeAsync();
            if (failed is OperationCanceledException && !cancellation.IsCancellationRequested)
                throw new UnavailableException("guest", $"it did not answer within {ProtocolLimits.HandshakeTime.TotalSeconds:0} s", failed);
            if (failed is IOException) throw new UnavailableException("guest", failed.Message, failed);
            throw;
        }
    }

    /// <summary>Makes a call and waits for its answer.</summary>
    /// <param name="call">Which call.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="stdio">The streams of a call that has some (<see cref="GuestCalls.Exec"/>, <see cref="GuestCalls.Logs"/>).</param>
    /// <param name="cancellation">Stops the call in the guest too.</param>
    /// <returns>The answer, or the findings of a denial.</returns>
    public async Task<Verdict<TResponse>> CallAsync<TRequest, TResponse>(
        GuestCall<TRequest, TResponse> call, TRequest request, GuestStdio? stdio = null, CancellationToken cancellation = default)
    {
        var (id, waiting) = await StartAsync(call, request, cancellation);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var answered = false;
        try
        {
            if (stdio?.Begun is { } begun) waiting.OnBegun(begun);
            var output = DeliverAsync(waiting.Output, stdio?.Output, waiting, cancellation);
            var error = DeliverAsync(waiting.Error, stdio?.Error, waiting, cancellation);
            var input = stdio is null ? Task.CompletedTask : SendInputAsync(waiting, stdio.Input, ended.Token);
            var sizes = stdio?.Sizes is { } given ? SendSizesAsync(id, given, ended.Token) : Task.CompletedTask;
            using var answer = await waiting.Answer.Task.WaitAsync(cancellation);
            answered = true;
            await ended.CancelAsync();
            await Task.WhenAll(input, sizes);
            await Task.WhenAll(output, error);
            return Read(call, answer);
        }
        finally
        {
            if (!answered) await GiveUpAsync(id);
            pending.TryRemove(id, out _);
        }
    }

    /// <summary>Closes the connection. The guest and its containers go on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, true)) return;
        await closing.CancelAsync();
        await stream.DisposeAsync();
        await reading;
        closing.Dispose();
        writer.Dispose();
        starting.Dispose();
    }

    private async Task<(ulong Id, PendingCall Call)> StartAsync<TRequest, TResponse>(
        GuestCall<TRequest, TResponse> call, TRequest request, CancellationToken cancellation)
    {
        // Ids must arrive in rising order, so taking one and sending it are one step.
        await starting.WaitAsync(cancellation);
        try
        {
            var id = ++lastId;
            var waiting = new PendingCall(writer, id);
            pending[id] = waiting;
            if (lost is not null) throw Lost(lost);
            try
            {
                await writer.WriteJsonAsync(FrameKind.Request, (ushort)call.Method, id, request, call.Request, cancellation);
            }
            catch
            {
                pending.TryRemove(id, out _);
                throw;
            }

            return (id, waiting);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            throw Lost(gone);
        }
        finally
        {
            starting.Release();
        }
    }

    private async Task GiveUpAsync(ulong id)
    {
        try
        {
            await writer.WriteCancelAsync(id, CancellationToken.None);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // Losing the connection cancels the call as well.
        }
    }

    /// <summary>Copies a stream to the caller's. If that cannot take it, the call ends with that error: nobody would grant more.</summary>
    private static async Task DeliverAsync(StreamReceiver from, Stream? to, PendingCall call, CancellationToken cancellation)
    {
        try
        {
            await from.CopyToAsync(to, cancellation);
        }
        catch (Exception failed) when (failed is IOException or ObjectDisposedException or NotSupportedException)
        {
            call.Answer.TrySetException(failed);
            throw;
        }
    }

    private static async Task SendInputAsync(PendingCall call, Stream? input, CancellationToken ended)
    {
        try
        {
            if (input is not null)
            {
                var buffer = new byte[ProtocolLimits.MaxDataBytes];
                while (await input.ReadAsync(buffer, ended) is var read and > 0) await call.Input.SendAsync(buffer.AsMemory(0, read), ended);
            }

            await call.Input.EndAsync(ended);
        }
        catch (OperationCanceledException)
        {
            // The process ended before its input did.
        }
        catch (IOException)
        {
            // The connection went away; the answer says so.
        }
    }

    private async Task SendSizesAsync(ulong id, System.Threading.Channels.ChannelReader<TerminalSize> sizes, CancellationToken ended)
    {
        try
        {
            await foreach (var size in sizes.ReadAllAsync(ended)) await writer.WriteResizeAsync(id, size, ended);
        }
        catch (OperationCanceledException)
        {
            // The process ended.
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // The connection went away; the answer says so.
        }
    }

    private static Verdict<TResponse> Read<TRequest, TResponse>(GuestCall<TRequest, TResponse> call, Frame answer)
    {
        if (answer.Header.Kind == FrameKind.Response) return MessageReader.Parse(answer.Payload.Span, call.Response);
        var error = MessageReader.Parse(answer.Payload.Span, ProtocolJson.Default.CallError);
        return error.Outcome switch
        {
            CallOutcome.Denied => error.Findings.Count > 0
                ? new Verdict<TResponse>.Rejected(error.Findings)
                : new Finding("denied", call.Method.ToString(), "a request that the policy allows", error.Message),
            CallOutcome.Malformed => throw new MalformedException(call.Method.ToString(), "request", $"was refused: {error.Message}"),
            _ => throw new GuestFailedException(error.Code, error.Message),
        };
    }

    private async Task ReadAsync()
    {
        Exception end = new EndOfStreamException("the guest closed the connection");
        try
        {
            var reader = new FrameReader(stream);
            while (await reader.ReadAsync(closing.Token) is { } frame) Take(frame);
        }
        catch (Exception failed) when (failed is IOException or OperationCanceledException or ObjectDisposedException or MalformedException)
        {
            end = failed;
        }

        lost = end;
        foreach (var call in pending.Values)
        {
            call.CompleteStreams();
            call.Answer.TrySetException(Lost(end));
        }

        exits.Writer.TryComplete();
    }

    private void Take(Frame frame)
    {
        var header = frame.Header;
        var known = pending.TryGetValue(header.Id, out var call);
        switch (header.Kind)
        {
            case FrameKind.Response or FrameKind.Error when known:
                call!.CompleteStreams();
                if (call.Answer.TrySetResult(frame)) return;
                break;
            case FrameKind.Data when known && call!.Receiver(header.Channel)?.Accept(frame.Payload.Span) != true:
                throw new MalformedException("frame", "stream", "brings more than was granted");
            case FrameKind.End when known:
                call!.Receiver(header.Channel)?.Complete();
                break;
            case FrameKind.Begun when known:
                call!.Begin();
                break;
            case FrameKind.Credit when known && !call!.Input.Grant(BitConverter.ToUInt32(frame.Payload.Span)):
                throw new MalformedException("frame", "credit", "is more than was sent");
            case FrameKind.Notification when header.Method == (ushort)GuestMethod.ContainerExited:
                exits.Writer.TryWrite(MessageReader.Parse(frame.Payload.Span, ProtocolJson.Default.ContainerExited));
                break;
            case FrameKind.Request or FrameKind.Cancel or FrameKind.Resize:
                throw new MalformedException("frame", "kind", $"{header.Kind} came from the guest");
        }

        frame.Dispose();
    }

    private static UnavailableException Lost(Exception why) => why as UnavailableException ?? new UnavailableException("guest", why.Message, why);
}
