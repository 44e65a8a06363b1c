using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Protocol.Client;
using Cove.Protocol.Launch;
using Cove.Protocol.Messages;
using Cove.Runtime.Network;
using Cove.Runtime.Simulation;

namespace Cove.Runtime.Launch;

/// <summary>
/// Runs one group from launch to its end: network, processor, agent, policy, volumes, containers. Everything here is the host's part;
/// whatever it gets wrong, by mistake or on purpose, the guest must notice.
/// </summary>
internal sealed class GroupLauncher(LaunchSpec spec, EventWriter events, TimeProvider time)
{
    private const string AgentProgram = "Cove.Agent.dll";
    private static readonly TimeSpan AgentPatience = TimeSpan.FromSeconds(30);

    /// <summary>Returns when the group is over, for whatever reason; the events have said which.</summary>
    /// <param name="stop">Asks for an orderly end.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        using var folder = GroupFolder.Take(spec.Folders.Group);
        var policyHash = SHA256.HashData(Convert.FromBase64String(spec.Policy));
        var measurement = GuestMeasurement.Of(spec.Folders.Agent);

        using var network = GroupNetwork.Create(MetadataService.Address);
        var forwards = spec.HostPorts.Select(port => Forward(network, port)).ToList();
        using var identity = new GroupIdentity(spec.Identity, time);
        using var chip = new SimulatedChipStore(spec.Folders.Processor, time).Open();
        var processor = SimulatedProcessor.Launch(chip, new SimulatedLaunch(measurement, policyHash, SimulatedLaunch.ContainerGroupPolicy));
        await using var device = SimulatedProcessorServer.Start(processor, folder.ProcessorSocket, time);
        var certificates = chip.Certification.ToJson();
        using var metadata = new MetadataService(network, identity.Issue, certificates);
        using var agent = AgentProcess.Start(Path.Combine(spec.Folders.Agent, AgentProgram), folder, network);
        try
        {
            await using var guest = await ConnectAsync(agent, folder, stop);
            events.Step("agent", $"guest agent up, measurement {Convert.ToHexStringLower(measurement)[..16]}…");
            var run = new GroupRun(spec, guest, folder, events);
            await run.SetPolicyAsync(certificates, stop);
            folder.Write(StateOf(run, policyHash, measurement, agent));
            run.ContainerEnded += () => folder.Write(StateOf(run, policyHash, measurement, agent));
            await run.RunAsync(stop);
        }
        finally
        {
            await agent.StopAsync();
            foreach (var forward in forwards) forward.Dispose();
        }

        events.Write(new LaunchEvent.GroupEnded());
    }

    private static Forwarder Forward(GroupNetwork network, int port)
    {
        var localhost = new IPEndPoint(IPAddress.Loopback, port);
        return new Forwarder(network.Listen(localhost), () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), localhost);
    }

    private async Task<GuestClient> ConnectAsync(AgentProcess agent, GroupFolder folder, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var connecting = GuestClient.ConnectAsync(folder.AgentSocket, AgentPatience, time, either.Token);
        if (await Task.WhenAny(connecting, agent.Ended) == connecting) return await connecting;
        await either.CancelAsync();
        throw new UnavailableException("guest agent", $"it ended at once: {agent.LastWords()}");
    }

    private GroupState StateOf(GroupRun run, byte[] policyHash, byte[] measurement, AgentProcess agent) => new()
    {
        Group = spec.Group,
        Isolation = spec.Isolation,
        Simulated = true,
        PolicyHash = Convert.ToHexStringLower(policyHash),
        Measurement = Convert.ToHexStringLower(measurement),
        RuntimeProcess = Environment.ProcessId,
        AgentProcess = agent.Id,
        Launched = time.GetUtcNow(),
        Containers = run.Containers,
    };
}
