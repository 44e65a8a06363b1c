using System.Net;
using System.Net.Sockets;
using Cove.Outcomes;
using Cove.Protocol.Launch;
using Cove.Runtime.Launch;

namespace Cove.Runtime.Network;

/// <summary>Ports of this host that lead into a group. They are opened before it is launched: one that is taken is better known at once.</summary>
internal sealed class PublishedPorts : IDisposable
{
    private const int Backlog = 128;

    private readonly List<Socket> listeners = [];

    /// <summary>What was opened, with the numbers that the host chose.</summary>
    public IReadOnlyList<LaunchPort> Opened { get; private set; } = [];

    /// <summary>Opens them.</summary>
    /// <exception cref="UnavailableException">Somebody else has one of them, or the host has no such address.</exception>
    public static PublishedPorts Open(IReadOnlyList<LaunchPort> asked)
    {
        var ports = new PublishedPorts();
        try
        {
            ports.Opened = [.. asked.Select(ports.Listen)];
            return ports;
        }
        catch
        {
            ports.Dispose();
            throw;
        }
    }

    /// <summary>Lets what comes in go on to the guest, which has the listeners from here on.</summary>
    public void LeadTo(IGuestHost guest)
    {
        foreach (var (listener, port) in listeners.Zip(Opened)) guest.Publish(listener, port.GroupPort);
        listeners.Clear();
    }

    public void Dispose()
    {
        foreach (var listener in listeners) listener.Dispose();
    }

    private LaunchPort Listen(LaunchPort port)
    {
        var address = IPAddress.Parse(port.Address);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listeners.Add(socket);
        try
        {
            socket.Bind(new IPEndPoint(address, port.Port));
            socket.Listen(Backlog);
            return port with { Port = ((IPEndPoint)socket.LocalEndPoint!).Port };
        }
        catch (SocketException refused)
        {
            throw new UnavailableException("published port", $"{port.Address}:{port.Port}: {refused.Message}", refused);
        }
    }
}
