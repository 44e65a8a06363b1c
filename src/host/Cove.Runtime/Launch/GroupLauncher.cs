using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Cove.Attestation.Measurement;
using Cove.Outcomes;
using Cove.Protocol.Launch;
using Cove.Protocol.Messages;
using Cove.Runtime.Network;
using Cove.Runtime.Vmm;

namespace Cove.Runtime.Launch;

/// <summary>
/// Runs one group from launch to its end: network, processor, agent, policy, volumes, containers. Everything here is the host's part;
/// whatever it gets wrong, by mistake or on purpose, the guest must notice.
/// </summary>
internal sealed class GroupLauncher(LaunchSpec spec, EventWriter events, TimeProvider time)
{
    private const string AgentProgram = "Cove.Agent.dll";

    /// <summary>Returns when the group is over, for whatever reason; the events have said which.</summary>
    /// <param name="stop">Asks for an orderly end.</param>
    public async Task RunAsync(CancellationToken stop)
    {
        using var folder = GroupFolder.Take(spec.Folders.Group);
        var policyHash = SHA256.HashData(Convert.FromBase64String(spec.Policy));
        var image = spec.Machine is { } machine ? GuestImage.Open(machine.Image) : null;
        var measurement = image is null ? GuestMeasurement.Of(spec.Folders.Agent) : await image.MeasureAsync(spec.Machine!.Processors, stop);

        using var network = GroupNetwork.Create(MetadataService.Address);
        var forwards = spec.HostPorts.Select(port => Forward(network, port)).ToList();
        using var identity = new GroupIdentity(spec.Identity, time);
        await using var processor = GuestProcessor.Start(spec.Machine, spec.Folders.Processor, measurement, policyHash, folder.ProcessorSocket, time);
        using var metadata = new MetadataService(network, identity.Issue, processor.Certificates);
        using var egress = GroupEgress.Open(spec.Network, network, forMachine: image is not null);
        foreach (var line in egress.Summary) events.Step("network", line);
        using var ports = PublishedPorts.Open(spec.Ports);
        var began = time.GetTimestamp();
        await using var host = Start(image, folder, network, egress, policyHash);
        try
        {
            await using var guest = await host.ConnectAsync(stop);
            var ready = time.GetElapsedTime(began);
            events.Step("agent", $"guest agent up after {ready.TotalSeconds:0.0} s, measurement {Convert.ToHexStringLower(measurement)[..16]}…");
            var run = new GroupRun(spec, egress.Tell(new CreateSandboxRequest(GroupRun.NewId(), spec.Group)), host, guest, folder, events);
            await run.SetPolicyAsync(processor.Certificates, stop);
            ports.LeadTo(host);
            foreach (var port in ports.Opened) events.Step("port", $"{port.Address}:{port.Port} leads to {port.GroupPort} in the group");
            folder.Write(StateOf(run, policyHash, measurement, processor, host, ready, ports));
            run.ContainerEnded += () => folder.Write(StateOf(run, policyHash, measurement, processor, host, ready, ports));
            await run.RunAsync(stop);
        }
        finally
        {
            await host.StopAsync();
            foreach (var forward in forwards) forward.Dispose();
        }

        events.Write(new LaunchEvent.GroupEnded());
    }

    private IGuestHost Start(GuestImage? image, GroupFolder folder, GroupNetwork network, GroupEgress egress, byte[] policyHash)
    {
        if (image is null) return AgentProcess.Start(Path.Combine(spec.Folders.Agent, AgentProgram), folder, network, time);
        var machine = VirtualMachine.Of(image, spec.Machine!, folder, policyHash) with { Card = egress.Card };
        return MachineGuest.Start(machine, folder, network, spec.HostPorts, time);
    }

    private static Forwarder Forward(GroupNetwork network, int port)
    {
        var localhost = new IPEndPoint(IPAddress.Loopback, port);
        return new Forwarder(network.Listen(localhost), () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), localhost);
    }

    private GroupState StateOf(GroupRun run, byte[] policyHash, byte[] measurement, GuestProcessor processor, IGuestHost host, TimeSpan ready, PublishedPorts ports) => new()
    {
        Group = spec.Group,
        Isolation = spec.Isolation,
        Simulated = processor.IsSimulated,
        PolicyHash = Convert.ToHexStringLower(policyHash),
        Measurement = Convert.ToHexStringLower(measurement),
        RuntimeProcess = Environment.ProcessId,
        AgentProcess = host.ProcessId,
        ReadyMilliseconds = (long)ready.TotalMilliseconds,
        Ports = ports.Opened,
        Launched = time.GetUtcNow(),
        Containers = run.Containers,
    };
}
