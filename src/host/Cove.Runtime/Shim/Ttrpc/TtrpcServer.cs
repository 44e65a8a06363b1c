using System.Collections.Concurrent;
using System.Net.Sockets;
using Cove.Outcomes;

namespace Cove.Runtime.Shim.Ttrpc;

/// <summary>Serves ttrpc on a Unix socket that only its owner may connect to. Connections come and go; what is served stays.</summary>
internal sealed class TtrpcServer : IAsyncDisposable
{
    private const int Backlog = 64;

    private readonly Socket listener;
    private readonly string path;
    private readonly TtrpcServices services;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<Task, bool> connections = new();
    private readonly Task accepting;

    private TtrpcServer(Socket listener, string path, TtrpcServices services)
    {
        (this.listener, this.path, this.services) = (listener, path, services);
        accepting = AcceptAsync();
    }

    /// <summary>Binds the path, which must not exist, and starts serving.</summary>
    /// <exception cref="SocketException">The path exists or cannot be made.</exception>
    public static TtrpcServer Start(string path, TtrpcServices services)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            listener.Listen(Backlog);
            return new TtrpcServer(listener, path, services);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <summary>Stops accepting, gives up open calls, removes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await accepting;
        listener.Dispose();
        File.Delete(path);
        await Task.WhenAll(connections.Keys);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                var socket = await listener.AcceptAsync(stopping.Token);
                if (connections.Count >= TtrpcLimits.MaxConnections)
                {
                    socket.Dispose();
                    continue;
                }

                var serving = ServeAsync(socket);
                connections[serving] = true;
                _ = serving.ContinueWith(done => connections.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // Whoever connected gave up before being accepted.
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        await using var wire = new TtrpcWire(new NetworkStream(socket, ownsSocket: true));
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        var calls = new ConcurrentDictionary<uint, Task>();
        try
        {
            uint last = 0;
            while (await wire.ReadAsync(gone.Token) is { } frame)
            {
                if (frame.Kind != TtrpcKind.Request || frame.Stream % 2 == 0 || frame.Stream <= last)
                    throw new MalformedException("ttrpc frame", "stream", $"{frame.Kind} on {frame.Stream} after {last}");
                last = frame.Stream;
                var refusal = frame.Data is null ? TtrpcResponse.Of(TtrpcCode.ResourceExhausted, $"a message of more than {TtrpcLimits.MaxData} bytes")
                    : calls.Count >= TtrpcLimits.MaxCalls ? TtrpcResponse.Of(TtrpcCode.ResourceExhausted, $"more than {TtrpcLimits.MaxCalls} open calls")
                    : null;
                if (refusal is not null) await wire.WriteAsync(frame.Stream, TtrpcKind.Response, refusal.ToBytes());
                else calls[frame.Stream] = AnswerAsync(wire, frame.Stream, frame.Data!, calls, gone.Token);
            }
        }
        catch (Exception ended) when (ended is IOException or MalformedException or OperationCanceledException)
        {
            // A connection that ends or talks nonsense ends with its calls; the next one finds everything as it was.
        }

        await gone.CancelAsync();
        await Task.WhenAll(calls.Values);
    }

    private async Task AnswerAsync(TtrpcWire wire, uint stream, byte[] data, ConcurrentDictionary<uint, Task> calls, CancellationToken gone)
    {
        await Task.Yield();
        try
        {
            await wire.WriteAsync(stream, TtrpcKind.Response, (await AnswerAsync(data, gone)).ToBytes());
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // The caller went away without waiting for the answer.
        }
        finally
        {
            calls.TryRemove(stream, out _);
        }
    }

    private async Task<TtrpcResponse> AnswerAsync(byte[] data, CancellationToken gone)
    {
        try
        {
            return await services.AnswerAsync(TtrpcRequest.Parse(data), gone);
        }
        catch (MalformedException wrong)
        {
            return TtrpcResponse.Of(TtrpcCode.InvalidArgument, wrong.Message);
        }
    }
}
