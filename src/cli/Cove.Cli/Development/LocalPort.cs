using System.Net;
using System.Net.Sockets;
using Cove.Cli.Shell;

namespace Cove.Cli.Development;

/// <summary>TCP ports of this machine's loopback address that nobody listens on.</summary>
internal static class LocalPort
{
    /// <summary>Whether a service could listen there now; never at 0, which is no port.</summary>
    public static bool IsFree(int port) => port != 0 && TryBind(port) is not null;

    /// <summary>Any free one.</summary>
    /// <exception cref="CommandFailedException">None is free.</exception>
    public static int Any() => TryBind(0) ?? throw CommandFailedException.Unavailable("no-port", "no TCP port is free on localhost");

    private static int? TryBind(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
        catch (SocketException)
        {
            return null; // taken
        }
    }
}
