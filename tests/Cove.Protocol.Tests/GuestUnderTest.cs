using System.Net.Sockets;
using Cove.Outcomes;
using Cove.Protocol.Client;
using Cove.Protocol.Framing;
using Cove.Protocol.Messages;
using Cove.Protocol.Server;

namespace Cove.Protocol.Tests;

/// <summary>A server on a socket of its own, with handlers small enough to see what the protocol itself does.</summary>
internal sealed class GuestUnderTest : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cove-protocol-");
    private readonly Task running;

    public GuestUnderTest(Action<GuestHandlers>? add = null)
    {
        Path = System.IO.Path.Combine(folder.FullName, "guest.sock");
        var handlers = new GuestHandlers()
            .On(GuestCalls.Ping, (_, _) => Task.FromResult<Verdict<PingResponse>>(new PingResponse("test", PolicySet: false)));
        add?.Invoke(handlers);
        Server = new GuestServer(Path, handlers, TimeProvider.System);
        running = Server.RunAsync(stop.Token);
    }

    public string Path { get; }

    public GuestServer Server { get; }

    public Task<GuestClient> ConnectAsync() => GuestClient.ConnectAsync(Path, TimeSpan.FromSeconds(5));

    public Stream ConnectRaw()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path));
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>A raw connection that has said hello.</summary>
    public async Task<Stream> GreetRawAsync()
    {
        var stream = ConnectRaw();
        await Handshake.GreetAsync(stream, CancellationToken.None);
        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        Server.Dispose();
        stop.Dispose();
        folder.Delete(recursive: true);
    }
}
