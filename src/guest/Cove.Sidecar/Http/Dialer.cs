using System.Net;
using System.Net.Sockets;
using Cove.Formats.Network;

namespace Cove.Sidecar.Http;

/// <summary>
/// Opens TCP connections, IPv4 addresses first, and names the address that failed the way clients of the reference know it. Vaults and attestation services,
/// which callers name, are not looked for on this machine and this link: the very address that is connected to is judged. On a simulated processor they are.
/// </summary>
/// <param name="isSimulated">Whether the group runs on a simulated processor, for development.</param>
internal sealed class Dialer(bool isSimulated)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Whether a service that a caller named may be at this address.</summary>
    public bool Permits(IPAddress address) => AddressReach.Of(address) switch
    {
        Reach.Public or Reach.Private => true,
        Reach.Loopback => isSimulated,
        _ => false,
    };

    /// <param name="to">The host.</param>
    /// <param name="isNamedByCaller">False for the platform's own services, which are on this link.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">No address answers, the name has none, or one where no such service may be.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint to, bool isNamedByCaller, CancellationToken cancellation)
    {
        IOException? first = null;
        foreach (var address in await ResolveAsync(to.Host, cancellation))
        {
            if (isNamedByCaller && !Permits(address)) throw new IOException($"dial tcp {new IPEndPoint(address, to.Port)}: connect: {AddressReach.Of(address)} addresses are refused");
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            late.CancelAfter(Patience);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, to.Port), late.Token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                socket.Dispose();
                first ??= new IOException($"dial tcp {new IPEndPoint(address, to.Port)}: i/o timeout");
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
