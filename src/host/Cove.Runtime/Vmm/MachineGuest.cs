using System.Net;
using System.Net.Sockets;
using Cove.Images.Verity;
using Cove.Outcomes;
using Cove.Protocol.Channels;
using Cove.Protocol.Client;
using Cove.Protocol.Messages;
using Cove.Runtime.Launch;
using Cove.Runtime.Network;

namespace Cove.Runtime.Vmm;

/// <summary>
/// A guest in a virtual machine. Everything between it and this host goes through one serial port, whose channels end here at the sockets
/// that a guest in a process would use itself: the agent's socket in the group's folder, the processor's, the group's localhost.
/// </summary>
internal sealed class MachineGuest : IGuestHost
{
    private const int Backlog = 64;

    /// <summary>A limit: only what containers write takes room on this host, and only while they run.</summary>
    private const long ScratchBytes = 8L << 30;

    private static readonly TimeSpan BootPatience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly GroupFolder folder;
    private readonly GroupNetwork network;
    private readonly IReadOnlyList<int> hostPorts;
    private readonly QemuProcess qemu;
    private readonly Socket agentPort;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource closing = new();
    private readonly SemaphoreSlim plugging = new(1, 1);
    private readonly List<Task> serving = [];
    private readonly List<Socket> published = [];
    private ChannelLink? link;
    private QmpClient? monitor;
    private Socket? calls;
    private int disks;

    private MachineGuest(GroupFolder folder, GroupNetwork network, IReadOnlyList<int> hostPorts, QemuProcess qemu, Socket agentPort, TimeProvider time) =>
        (this.folder, this.network, this.hostPorts, this.qemu, this.agentPort, this.time) = (folder, network, hostPorts, qemu, agentPort, time);

    public int? ProcessId => qemu.Id;

    public Task Ended => qemu.Ended;

    /// <summary>Starts the machine.</summary>
    /// <param name="machine">The machine, with the group's folder's sockets.</param>
    /// <param name="folder">The group's folder.</param>
    /// <param name="network">The group's network, in which QEMU runs and the guest's host ports are.</param>
    /// <param name="hostPorts">TCP ports of the group's localhost that are served by this host.</param>
    /// <param name="time">The clock.</param>
    public static MachineGuest Start(VirtualMachine machine, GroupFolder folder, GroupNetwork network, IReadOnlyList<int> hostPorts, TimeProvider time)
    {
        var port = Listen(machine.AgentSocket);
        try
        {
            using (var scratch = new FileStream(machine.ScratchFile, FileMode.Create, FileAccess.Write))
            {
                File.SetUnixFileMode(scratch.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                scratch.SetLength(ScratchBytes);
            }

            return new MachineGuest(folder, network, hostPorts, QemuProcess.Start(machine, network, folder.MonitorLog), port, time);
        }
        catch
        {
            port.Dispose();
            throw;
        }
    }

    public async Task<GuestClient> ConnectAsync(CancellationToken stop)
    {
        using var late = new CancellationTokenSource(BootPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop, closing.Token);
        var connecting = BootAsync(either.Token);
        if (await Task.WhenAny(connecting, Ended) != connecting)
        {
            await either.CancelAsync();
            throw new UnavailableException("virtual machine", $"it ended before its agent was up: {LastWords()}");
        }

        try
        {
            return await connecting;
        }
        catch (OperationCanceledException slow) when (late.IsCancellationRequested)
        {
            throw new UnavailableException("guest agent", $"it did not answer within {BootPatience.TotalMinutes:0} minutes: {LastWords()}", slow);
        }
    }

    public async Task<string> AttachLayerAsync(string file, CancellationToken stop)
    {
        var plug = monitor ?? throw new InvalidOperationException("connect first");
        await plugging.WaitAsync(stop);
        try
        {
            if (disks > GuestPaths.MaxLayerDisk) throw new UnavailableException("virtual machine", $"it takes {GuestPaths.MaxLayerDisk + 1} layers");
            var target = disks;
            var tree = folder.Tree(target);
            await Task.Run(() => WriteTree(file, tree, stop), stop);
            await plug.PlugAsync(file, target, unit: 0, stop);
            await plug.PlugAsync(tree, target, unit: 1, stop);
            disks++;
            return GuestPaths.LayerDisk(target);
        }
        finally
        {
            plugging.Release();
        }
    }

    public void Publish(Socket listener, int port)
    {
        published.Add(listener);
        serving.Add(AcceptAsync(listener, link ?? throw new InvalidOperationException("connect first"), new ChannelTarget(ChannelService.GuestPort, (ushort)port)));
    }

    public string LastWords() => string.Join('\n', new[] { qemu.LastWords(), Tail(folder.AgentLog) }.Where(words => words.Length > 0));

    public async Task StopAsync()
    {
        try
        {
            if (link is not null && !link.Ended.IsCompleted) await link.ShutdownAsync();
            await Ended.WaitAsync(link is null ? TimeSpan.Zero : Grace, time);
        }
        catch (Exception stuck) when (stuck is TimeoutException or IOException or ObjectDisposedException)
        {
            await qemu.KillAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        calls?.Dispose();
        foreach (var listener in published) listener.Dispose();
        await qemu.KillAsync();
        if (link is not null) await link.DisposeAsync();
        if (monitor is not null) await monitor.DisposeAsync();
        await Task.WhenAll(serving);
        agentPort.Dispose();
        qemu.Dispose();
        plugging.Dispose();
        closing.Dispose();
        foreach (var left in new[] { folder.AgentSocket, folder.MonitorSocket, folder.PortSocket, folder.ScratchFile }) File.Delete(left);
    }

    private static Socket Listen(string path)
    {
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void WriteTree(string image, string path, CancellationToken stop)
    {
        using var source = File.OpenRead(image);
        using var tree = File.Create(path);
        VerityTreeFile.Write(source, tree, stop);
    }

    private static string Tail(string file) => File.Exists(file) ? string.Join('\n', File.ReadLines(file).TakeLast(5)) : "";

    private async Task<GuestClient> BootAsync(CancellationToken stop)
    {
        var port = await agentPort.AcceptAsync(stop);
        monitor = await QmpClient.ConnectAsync(folder.MonitorSocket, stop);
        link = await ChannelLink.GreetAsync(new NetworkStream(port, ownsSocket: true), ServeAsync, stop);
        foreach (var hostPort in hostPorts) await link.AnnounceAsync((ushort)hostPort, stop);
        calls = Listen(folder.AgentSocket);
        serving.Add(AcceptAsync(calls, link, new ChannelTarget(ChannelService.Control)));
        return await GuestClient.OpenAsync(await link.OpenAsync(new ChannelTarget(ChannelService.Control), stop), time, stop);
    }

    /// <summary>
    /// Other commands of this host reach the agent through its socket, as they would reach one in a process, and whoever may reach a published
    /// port its container.
    /// </summary>
    private async Task AcceptAsync(Socket listener, ChannelLink through, ChannelTarget target)
    {
        while (!closing.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptAsync(closing.Token);
                _ = CarryAsync(socket, through, target);
            }
            catch (Exception ended) when (ended is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // It went away between connect and accept, or the guest is over.
            }
        }
    }

    private async Task CarryAsync(Socket socket, ChannelLink through, ChannelTarget target)
    {
        try
        {
            await ChannelRelay.RunAsync(await through.OpenAsync(target, closing.Token), socket, closing.Token);
        }
        catch (Exception gone) when (gone is UnavailableException or OperationCanceledException)
        {
            socket.Dispose();
        }
    }

    private async Task ServeAsync(ChannelStream channel)
    {
        EndPoint? end = channel.Target.Service switch
        {
            ChannelService.SecureProcessor => new UnixDomainSocketEndPoint(folder.ProcessorSocket),
            ChannelService.Metadata => new IPEndPoint(MetadataService.Address, 80),
            ChannelService.HostPort when hostPorts.Contains(channel.Target.Port) => new IPEndPoint(IPAddress.Loopback, channel.Target.Port),
            _ => null,
        };
        if (end is null) return;

        // Made in the group's network: what the guest asks for is looked up there and nowhere else on this host.
        var socket = network.Run(() => new Socket(end.AddressFamily, SocketType.Stream, end is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified));
        try
        {
            await socket.ConnectAsync(end, closing.Token);
            await ChannelRelay.RunAsync(channel, socket, closing.Token);
        }
        catch (Exception refused) when (refused is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            socket.Dispose();
        }
    }
}
