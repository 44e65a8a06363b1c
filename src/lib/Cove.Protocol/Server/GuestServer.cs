using System.Collections.Concurrent;
using System.Net.Sockets;
using Cove.Protocol.Framing;
using Cove.Protocol.Messages;

namespace Cove.Protocol.Server;

/// <summary>
/// Listens for hosts on a Unix socket. Any number may be connected (up to <see cref="ProtocolLimits.MaxConnections"/>) and come and go;
/// what one does on its connection cannot reach another's.
/// </summary>
public sealed class GuestServer : IDisposable
{
    private const int Backlog = 128;

    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(20);

    private readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentDictionary<GuestConnection, bool> connections = new();
    private readonly GuestHandlers handlers;
    private readonly TimeProvider time;
    private readonly string path;

    /// <summary>Listens at once; connections are served when <see cref="RunAsync"/> runs. The socket file is for its owner only.</summary>
    /// <param name="path">Where the socket file is made; one left by an earlier guest is replaced.</param>
    /// <param name="handlers">What is done for each call.</param>
    /// <param name="time">The clock of the handshake's time limit.</param>
    public GuestServer(string path, GuestHandlers handlers, TimeProvider time)
    {
        (this.path, this.handlers, this.time) = (path, handlers, time);
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("a guest runs on Linux");
        File.Delete(path);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(Backlog);
    }

    /// <summary>Serves until stopped, then closes every connection.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                if (await AcceptAsync(stopping) is not { } socket) continue;
                if (connections.Count >= ProtocolLimits.MaxConnections)
                {
                    socket.Dispose();
                    continue;
                }

                var connection = new GuestConnection(new NetworkStream(socket, ownsSocket: true), handlers, time);
                connections[connection] = true;
                _ = Task.Run(() => ServeAsync(connection, stopping), CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            foreach (var connection in connections.Keys) await connection.DisposeAsync();
        }
    }

    /// <summary>Tells every connected host that a container's first process ended.</summary>
    public void Notify(ContainerExited exited)
    {
        foreach (var connection in connections.Keys) connection.Notify(exited);
    }

    /// <summary>Stops listening and removes the socket file.</summary>
    public void Dispose()
    {
        listener.Dispose();
        File.Delete(path);
    }

    private async Task<Socket?> AcceptAsync(CancellationToken stopping)
    {
        try
        {
            return await listener.AcceptAsync(stopping);
        }
        catch (SocketException)
        {
            // The host gave up between connect and accept, or there are no descriptors left for the moment.
            await Task.Delay(AcceptPause, time, stopping);
            return null;
        }
    }

    private async Task ServeAsync(GuestConnection connection, CancellationToken stopping)
    {
        await using (connection) await connection.ServeAsync(stopping);
        connections.TryRemove(connection, out _);
    }
}
