using System.Net;
using System.Net.Sockets;

namespace Cove.Sidecar.Http;

/// <summary>Opens TCP connections, IPv4 addresses first, and names the address that failed the way clients of the reference know it.</summary>
internal static class Dialer
{
    /// <exception cref="IOException">No address answers, or the name has none.</exception>
    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint to, CancellationToken cancellation)
    {
        IOException? first = null;
        foreach (var address in await ResolveAsync(to.Host, cancellation))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, to.Port), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                first ??= new IOException($"dial tcp {new IPEndPoint(address, to.Port)}: connect: {Words(e)}");
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw first ?? new IOException($"dial tcp: lookup {to.Host}: no such host");
    }

    private static async Task<IEnumerable<IPAddress>> ResolveAsync(string host, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(host, out var literal)) return [literal];
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellation);
            return addresses.OrderBy(address => address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1);
        }
        catch (SocketException e)
        {
            throw new IOException($"dial tcp: lookup {host}: {(e.SocketErrorCode == SocketError.HostNotFound ? "no such host" : e.Message)}", e);
        }
    }

    private static string Words(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.HostUnreachable => "no route to host",
        SocketError.NetworkUnreachable => "network is unreachable",
        SocketError.TimedOut => "connection timed out",
        _ => e.Message,
    };
}
