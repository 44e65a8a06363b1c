using System.Net;
using System.Net.Sockets;
using Cove.Guest.Machine;
using Cove.Outcomes;
using Cove.Protocol.Channels;

namespace Cove.Agent.Machines;

/// <summary>
/// The machine's one way out: a serial port, whose channels end at sockets in here, so that the agent and its containers work as they do
/// anywhere. A host that breaks the link's rules has to greet again; one that is gone, or asks for it, ends the machine.
/// </summary>
internal sealed class MachineLink(AgentOptions options, CancellationTokenSource stop)
{
    /// <summary>The port's name, as the host's monitor gives it.</summary>
    public const string PortName = "cove.agent";

    private const int Backlog = 64;

    private readonly HashSet<ushort> ports = [];
    private volatile ChannelLink? current;

    /// <summary>Serves links, one after another, until the host is gone or asks for the end; then stops the agent.</summary>
    public async Task RunAsync()
    {
        try
        {
            await using var port = await VirtioPort.OpenAsync(PortName, stop.Token);
            if (options.SecureProcessor is { } processor) Listen(Unix(processor), new ChannelTarget(ChannelService.SecureProcessor));
            Listen(Tcp(MachineBoot.MetadataAddress, 80), new ChannelTarget(ChannelService.Metadata));
            while (!stop.IsCancellationRequested)
            {
                // Ports of the host's are a convenience of development. On hardware a host could take a port that a container listens on.
                var link = await ChannelLink.WelcomeAsync(port, ServeAsync, options.SecureProcessor is null ? null : Announced, stop.Token);
                current = link;
                if (await link.Ended is not MalformedException) return;
            }
        }
        catch (Exception gone) when (gone is IOException or UnavailableException or MalformedException or OperationCanceledException)
        {
            // There is no host any more, or it greets nobody.
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private static Socket Unix(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen(Backlog);
        return socket;
    }

    private static Socket Tcp(IPAddress address, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen(Backlog);
        return socket;
    }

    private void Announced(ushort port)
    {
        lock (ports)
        {
            if (!ports.Add(port)) return;
        }

        try
        {
            Listen(Tcp(IPAddress.Loopback, port), new ChannelTarget(ChannelService.HostPort, port));
        }
        catch (SocketException)
        {
            // A container has the port; it keeps it.
        }
    }

    private void Listen(Socket listener, ChannelTarget target) => _ = Task.Run(async () =>
    {
        using (listener)
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    var socket = await listener.AcceptAsync(stop.Token);
                    _ = OutAsync(socket, target);
                }
                catch (Exception refused) when (refused is SocketException or OperationCanceledException)
                {
                    // It went away between connect and accept, or the machine ends.
                }
            }
        }
    });

    private async Task OutAsync(Socket socket, ChannelTarget target)
    {
        try
        {
            if (current is not { } link) throw new UnavailableException("host", "no link");
            await ChannelRelay.RunAsync(await link.OpenAsync(target, stop.Token), socket, stop.Token);
        }
        catch (Exception gone) when (gone is UnavailableException or OperationCanceledException)
        {
            socket.Dispose();
        }
    }

    private async Task ServeAsync(ChannelStream channel)
    {
        var socket = channel.Target.Service switch
        {
            ChannelService.Control => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
            ChannelService.GuestPort => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp),
            _ => null,
        };
        if (socket is null) return;
        try
        {
            EndPoint end = channel.Target.Service == ChannelService.Control
                ? new UnixDomainSocketEndPoint(options.Control)
                : new IPEndPoint(MachineBoot.OutsideAddress, channel.Target.Port);
            await socket.ConnectAsync(end, stop.Token);
            await ChannelRelay.RunAsync(channel, socket, stop.Token);
        }
        catch (Exception refused) when (refused is SocketException or OperationCanceledException)
        {
            socket.Dispose();
        }
    }
}
