using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Cove.Outcomes;
using Cove.Protocol.Client;
using Cove.Runtime.Network;

namespace Cove.Runtime.Launch;

/// <summary>
/// The guest agent as a process of this host, first of its own process and mount namespaces, in the group's network. When it ends, the
/// kernel ends every container with it and undoes every mount it made; and it ends with this process, however that comes about, because nobody else
/// sees to the group's network.
/// </summary>
internal sealed partial class AgentProcess : IGuestHost
{
    private const int Terminate = 15, Kill = 9;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly Process unshare;
    private readonly GroupFolder folder;
    private readonly GroupNetwork network;
    private readonly TimeProvider time;
    private readonly List<Forwarder> published = [];

    private AgentProcess(Process unshare, GroupFolder folder, GroupNetwork network, TimeProvider time) =>
        (this.unshare, this.folder, this.network, this.time) = (unshare, folder, network, time);

    /// <summary>Starts it.</summary>
    /// <param name="program">The agent's program, <c>Cove.Agent.dll</c>.</param>
    /// <param name="folder">The group's folder.</param>
    /// <param name="network">The group's network.</param>
    /// <param name="time">The clock.</param>
    public static AgentProcess Start(string program, GroupFolder folder, GroupNetwork network, TimeProvider time)
    {
        string[] command =
        [
            "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--",
            Environment.ProcessPath is { } host && Path.GetFileName(host) == "dotnet" ? host : "dotnet", program,
            "--control", folder.AgentSocket, "--state", folder.Guest, "--secure-processor", folder.ProcessorSocket, "--cgroup", ControlGroup.Of(folder.Path),
        ];
        var process = BoundProcess.Start("guest agent", network, folder.AgentLog, command);
        return new AgentProcess(process, folder, network, time);
    }

    /// <summary>Its process id as this host sees it; null once it is gone.</summary>
    public int? ProcessId
    {
        get
        {
            try
            {
                var children = File.ReadAllText($"/proc/{unshare.Id}/task/{unshare.Id}/children");
                return children.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var first, ..] ? int.Parse(first) : null;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>Completes when it has ended.</summary>
    public Task Ended => unshare.WaitForExitAsync();

    /// <summary>The last lines it printed, for a person.</summary>
    public string LastWords() => File.Exists(folder.AgentLog) ? string.Join('\n', File.ReadLines(folder.AgentLog).TakeLast(5)) : "";

    public async Task<GuestClient> ConnectAsync(CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var connecting = GuestClient.ConnectAsync(folder.AgentSocket, StartPatience, time, either.Token);
        if (await Task.WhenAny(connecting, Ended) == connecting) return await connecting;
        await either.CancelAsync();
        throw new UnavailableException("guest agent", $"it ended at once: {LastWords()}");
    }

    /// <summary>The agent sees the host's files, and copies what it takes in.</summary>
    public Task<string> AttachLayerAsync(string file, CancellationToken stop) => Task.FromResult(file);

    public void Publish(Socket listener, int port) => published.Add(new Forwarder(
        listener, () => network.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)), new IPEndPoint(IPAddress.Loopback, port)));

    /// <summary>Lets it stop its containers and unmount, then makes sure that it is gone.</summary>
    public async Task StopAsync()
    {
        if (ProcessId is { } agent) _ = kill(agent, Terminate);
        try
        {
            await Ended.WaitAsync(Grace);
        }
        catch (TimeoutException)
        {
            if (ProcessId is { } stuck) _ = kill(stuck, Kill);
            await Ended;
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var forward in published) forward.Dispose();
        unshare.Dispose();
        return ValueTask.CompletedTask;
    }

    [System.Runtime.InteropServices.LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
