using System.Buffers;
using System.Net.Sockets;

namespace Cove.Protocol.Channels;

/// <summary>Joins a channel and a socket until both have said that they are done, or one of them is gone.</summary>
public static class ChannelRelay
{
    /// <summary>Carries bytes both ways. Ends quietly, whichever side went away; both are closed then.</summary>
    public static async Task RunAsync(ChannelStream channel, Socket socket, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(socket);
        await using var closing = channel;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        await Task.WhenAll(
            CarryAsync(channel, stream, () => Finish(socket), end),
            CarryAsync(stream, channel, () => channel.CompleteWritingAsync(end.Token), end));
    }

    private static Task Finish(Socket socket)
    {
        socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }

    private static async Task CarryAsync(Stream from, Stream to, Func<Task> finish, CancellationTokenSource end)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChannelLimits.MaxFrameBytes);
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, end.Token)) > 0) await to.WriteAsync(buffer.AsMemory(0, read), end.Token);
            await finish();
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Closing both is how the other side learns of it.
            await end.CancelAsync();
        }
        finally
        {
            buffer.AsSpan().Clear();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
