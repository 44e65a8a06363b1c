using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Cove.Runtime.Network;

namespace Cove.Tests.Network;

/// <summary>
/// A host with one network beyond it, both network namespaces of the test's own: what a test does to a host's rules and routes is not done to the machine
/// that it runs on. Outside are a web server that answers with the address that asked it, a server of the name <see cref="Name"/>, and a
/// metadata service where clouds have it, which the host has a route to.
/// </summary>
internal sealed class OutsideWorld : IDisposable
{
    /// <summary>A name that resolves to <see cref="Server"/>, and only outside.</summary>
    public const string Name = "tide.example";
    public const int Port = 8080;

    private const int NameServerPort = 53;

    private readonly List<Socket> sockets = [];

    public OutsideWorld()
    {
        Host = GroupNetwork.Create(IPAddress.Parse("127.0.0.9"));
        Outside = GroupNetwork.Create(MetadataService.Address);
        var path = Outside.Path;
        Host.Run(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_forward", "1");
            Iproute.Ip("link", "add", "up0", "type", "veth", "peer", "name", "down0", "netns", path);
            Iproute.Ip("addr", "add", $"{HostAddress}/24", "dev", "up0");
            Iproute.Ip("link", "set", "up0", "up");
            return Iproute.Ip("route", "add", "169.254.0.0/16", "via", $"{Server}", "dev", "up0", "onlink");
        });
        Outside.Run(() =>
        {
            Iproute.Ip("addr", "add", $"{Server}/24", "dev", "down0");
            return Iproute.Ip("link", "set", "down0", "up");
        });
        Serve(Outside);
        Serve(Host);
        _ = ResolveAsync(Open(Outside, SocketType.Dgram, NameServerPort));
    }

    /// <summary>The host's network.</summary>
    public GroupNetwork Host { get; }

    /// <summary>What is beyond it.</summary>
    public GroupNetwork Outside { get; }

    /// <summary>The host's address, which those outside see.</summary>
    public static IPAddress HostAddress { get; } = IPAddress.Parse("198.51.100.1");

    /// <summary>Where the servers are.</summary>
    public static IPAddress Server { get; } = IPAddress.Parse("198.51.100.2");

    /// <summary>Skips where namespaces, interfaces or rules cannot be made, saying why.</summary>
    public static void Require()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "making network namespaces needs root on Linux");
        foreach (var (program, package) in ((string, string)[])[("ip", "iproute2"), ("tc", "iproute2"), ("nft", "nftables")])
        {
            Assert.SkipUnless(
                $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':').Any(folder => File.Exists(Path.Combine(folder, program))),
                $"this host lacks {program}: apt-get install {package}");
        }
    }

    /// <summary>What the server at an address says to one who asks from a network; null where the connection is refused, or not answered in time.</summary>
    /// <param name="from">The network.</param>
    /// <param name="address">The address.</param>
    /// <param name="patience">In seconds.</param>
    public static async Task<string?> AskAsync(GroupNetwork from, IPAddress address, int patience = 30)
    {
        using var socket = from.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        late.CancelAfter(TimeSpan.FromSeconds(patience));
        try
        {
            await socket.ConnectAsync(address, Port, late.Token);
            await using var stream = new NetworkStream(socket);
            await stream.WriteAsync("GET / HTTP/1.0\r\n\r\n"u8.ToArray(), late.Token);
            using var reader = new StreamReader(stream);
            return (await reader.ReadToEndAsync(late.Token)).Split("\r\n\r\n")[1].Trim();
        }
        catch (Exception none) when (none is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        foreach (var socket in sockets) socket.Dispose();
        Host.Dispose();
        Outside.Dispose();
    }

    private void Serve(GroupNetwork network)
    {
        var listener = Open(network, SocketType.Stream, Port);
        listener.Listen();
        _ = AcceptAsync(listener);
    }

    private Socket Open(GroupNetwork network, SocketType type, int port)
    {
        var socket = network.Run(() => new Socket(AddressFamily.InterNetwork, type, type == SocketType.Dgram ? ProtocolType.Udp : ProtocolType.Tcp));
        sockets.Add(socket);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        return socket;
    }

    private static async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true) _ = AnswerAsync(await listener.AcceptAsync());
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task AnswerAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await socket.ReceiveAsync(new byte[4096]);
                await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.0 200 OK\r\n\r\nasked by {((IPEndPoint)socket.RemoteEndPoint!).Address}\n"));
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // Whoever asked went away; its own test says what that means.
            }
        }
    }

    /// <summary>Answers every question (RFC 1035): the one name has one address, any other none, and nothing has any other record.</summary>
    private static async Task ResolveAsync(Socket socket)
    {
        const int header = 12;
        var question = Encoding.ASCII.GetBytes($"\u0004tide\u0007example\0");
        var buffer = new byte[512];
        try
        {
            while (true)
            {
                var asked = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                var end = header + Array.IndexOf(buffer, (byte)0, header) - header + 5;
                var known = buffer.AsSpan(header).StartsWith(question);
                var isAddress = BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(end - 4)) == 1;
                byte[] flags = [0x85, known ? (byte)0x80 : (byte)0x83];
                byte[] counts = [0, 1, 0, known && isAddress ? (byte)1 : (byte)0, 0, 0, 0, 0];
                byte[] record = known && isAddress ? [0xc0, header, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. Server.GetAddressBytes()] : [];
                await socket.SendToAsync((byte[])[.. buffer[..2], .. flags, .. counts, .. buffer[header..end], .. record], SocketFlags.None, asked.RemoteEndPoint);
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
