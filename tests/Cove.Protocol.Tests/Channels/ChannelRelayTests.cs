using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Cove.Protocol.Channels;

namespace Cove.Protocol.Tests.Channels;

/// <summary>Connections carried as a machine's are: a listener in the guest, a channel for each connection, a service on the host.</summary>
public sealed class ChannelRelayTests
{
    private const int Connections = 200, AtOnce = 16, Exchanges = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Every_connection_through_both_relays_gets_every_answer()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var service = Listen();
        using var front = Listen();
        var (near, far) = await SocketsAsync(cancellation);
        var welcoming = ChannelLink.WelcomeAsync(far, _ => Task.CompletedTask, announced: null, cancellation);
        await using var host = await ChannelLink.GreetAsync(near, channel => ServeAsync(channel, service.LocalEndPoint!), cancellation);
        await using var guest = await welcoming;
        _ = AcceptAsync(service, EchoAsync);
        _ = AcceptAsync(front, async socket => await ChannelRelay.RunAsync(await guest.OpenAsync(new ChannelTarget(ChannelService.HostPort, 1), cancellation), socket, cancellation));

        await Parallel.ForEachAsync(
            Enumerable.Range(0, Connections),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation },
            async (_, stop) => await AskAsync(front.LocalEndPoint!, stop).WaitAsync(Patience, stop));
    }

    private static async Task AskAsync(EndPoint front, CancellationToken stop)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(front, stop);
        await using var stream = new NetworkStream(socket);
        for (var i = 0; i < Exchanges; i++)
        {
            var sent = RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(1, 60_000));
            await stream.WriteAsync(sent, stop);
            var got = new byte[sent.Length];
            await stream.ReadExactlyAsync(got, stop);
            Assert.Equal(sent, got);
        }

        // Half of them say that they are done, half just go.
        if ((socket.LocalEndPoint as IPEndPoint)!.Port % 2 == 0) return;
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await stream.ReadAsync(new byte[1], stop));
    }

    private static async Task ServeAsync(ChannelStream channel, EndPoint service)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(service);
        await ChannelRelay.RunAsync(channel, socket);
    }

    private static async Task EchoAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.CopyToAsync(stream);
    }

    private static async Task AcceptAsync(Socket listener, Func<Socket, Task> serve)
    {
        while (true) _ = serve(await listener.AcceptAsync());
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private static async Task<(NetworkStream Host, NetworkStream Guest)> SocketsAsync(CancellationToken cancellation)
    {
        using var listener = Listen();
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listener.LocalEndPoint!, cancellation);
        return (new NetworkStream(near, ownsSocket: true), new NetworkStream(await listener.AcceptAsync(cancellation), ownsSocket: true));
    }
}
