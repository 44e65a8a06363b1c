using System.Net;
using System.Net.Sockets;

namespace Cove.Runtime.Network;

/// <summary>
/// Carries TCP connections from one side to the other, e.g. from the group's localhost to a service on the host's. It reads nothing
/// of what it carries: the guest's own TLS protects it, because the host is not trusted.
/// </summary>
internal sealed class Forwarder : IDisposable
{
    /// <summary>Connections carried at the same time; a further one waits in the listener's queue.</summary>
    private const int MaxConnections = 256;
    private const int BufferSize = 32 * 1024;

    private readonly Socket listener;
    private readonly Func<Socket> open;
    private readonly EndPoint target;
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim places = new(MaxConnections);
    private readonly Task accepting;

    /// <summary>Starts forwarding.</summary>
    /// <param name="listener">A listening socket; owned from here on.</param>
    /// <param name="open">Makes the outgoing socket, on the side where <paramref name="target"/> is.</param>
    /// <param name="target">Where connections go.</param>
    public Forwarder(Socket listener, Func<Socket> open, EndPoint target)
    {
        (this.listener, this.open, this.target) = (listener, open, target);
        accepting = AcceptAsync();
    }

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        accepting.GetAwaiter().GetResult();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await places.WaitAsync(stop.Token);
                var inward = await listener.AcceptAsync(stop.Token);
                _ = CarryAsync(inward);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // A connection that went away before it was accepted; the listener itself is fine.
                places.Release();
            }
        }
    }

    private async Task CarryAsync(Socket inward)
    {
        using var outward = open();
        using (inward)
        {
            try
            {
                await outward.ConnectAsync(target, stop.Token);
                using var end = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
                var there = PumpAsync(inward, outward, end);
                var back = PumpAsync(outward, inward, end);
                await Task.WhenAll(there, back);
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Either side went away. Closing both sockets tells the other, as TCP would have.
                inward.Close(0);
            }
            finally
            {
                places.Release();
            }
        }
    }

    private static async Task PumpAsync(Socket from, Socket to, CancellationTokenSource end)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, end.Token)) > 0)
            {
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), end.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            await end.CancelAsync();
            throw;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
