using System.Net;
using System.Net.Sockets;
using Cove.Formats.Network;

namespace Cove.KeyService.Outbound;

/// <summary>
/// Opens connections to a service that the operator configured, and only to addresses where one may be: the very address that is connected to is judged, so a
/// name that first resolves to a good one and then to another gains nothing. None of them is where clouds serve metadata and identities. One under the system's
/// roots is on the Internet; one that the operator pinned to a certificate authority of its own may also be in a private network or on this machine, since
/// nothing else there could answer for it.
/// </summary>
/// <param name="isPinned">Whether its certificate authority was given.</param>
/// <param name="what">What is looked for, e.g. <c>attestation service</c>.</param>
/// <param name="option">The option that pins it, e.g. <c>--authority</c>.</param>
/// <param name="resolve">A host's addresses.</param>
internal sealed class PinnedDialer(bool isPinned, string what, string option, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    public bool Permits(IPAddress address) => AddressReach.Of(address) switch
    {
        Reach.Public => true,
        Reach.Private or Reach.Loopback => isPinned,
        _ => false,
    };

    /// <exception cref="IOException">None of its addresses may be connected to, or none answers.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint to, CancellationToken cancellationToken)
    {
        var addresses = await AddressesAsync(to.Host, cancellationToken);
        if (addresses.FirstOrDefault(a => !Permits(a)) is { } denied)
            throw new IOException($"{to.Host} is at {denied} ({AddressReach.Of(denied)}), where no {what} is looked for; "
                + (isPinned ? "give its own address" : $"pin its certificate authority with {option} URL=CA-PEM if it is meant"));
        SocketException? failure = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, to.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                failure = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw new IOException(failure is null ? $"{to.Host} has no address" : $"{to.Host} does not answer: {failure.Message}", failure);
    }

    private async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal)) return [literal];
        try
        {
            return await resolve(host, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new IOException($"{host} is not found: {e.Message}", e);
        }
    }
}
