using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Cove.Attestation.Measurement;
using Cove.Outcomes;
using Cove.Protocol.Launch;
using Cove.Runtime.Network;
using Cove.Runtime.Simulation;
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
        using var chip = new SimulatedChipStore(spec.Folders.Processor, time).Open();
        var processor = SimulatedProcessor.Launch(chip, new SimulatedLaunch(measurement, policyHash, SimulatedLaunch.ContainerGroupPolicy));
        await using var device = SimulatedProcessorServer.Start(processor, folder.ProcessorSocket, time);
        var certificates = chip.Certification.ToJson();
        using var metadata = new MetadataService(network, identity.Issue, certificates);
        var began = time.GetTimestamp();
        await using var host = Start(image, folder, network);
        try
        {
            await using var guest = await host.ConnectAsync(stop);
            var ready = time.GetElapsedTime(began);
            events.Step("agent", $"guest agent up after {ready.TotalSeconds:0.0} s, measurement {Convert.ToHexStringLower(measurement)[..16]}…");
            var run = new GroupRun(spec, host, guest, folder, events);
            await run.SetPolicyAsync(certificates, stop);
            folder.Write(StateOf(run, policyHash, measurement, host, ready));
            run.ContainerEnded += () => folder.Write(StateOf(run, policyHash, measurement, host, ready));
            await run.RunAsync(stop);
        }
        finally
        {
            await host.StopAsync();
            foreach (var forward in forwards) forward.Dispose();
        }

        events.Write(new LaunchEvent.GroupEnded());
    }

    private IGuestHost Start(GuestImage? image, GroupFolder folder, GroupNetwork network)
    {
        if (image is null) return AgentProcess.Start(Path.Combine(spec.Folders.Agent, AgentProgram), folder, network, time);
        var machine = new VirtualMachine
        {
            Mode = spec.Machine!.Mode switch
            {
                "tcg" => MachineMode.Tcg,
                "kvm" => MachineMode.Kvm,
                var other => throw new MalformedException("launch spec", "machine.mode", $"is {other}, expected tcg or kvm"),
            },
            Kernel = image.Kernel,
            InitialFiles = image.InitialFiles,
            CommandLine = image.CommandLine,
            MemoryMiB = spec.Machine.MemoryMiB,
            Processors = spec.Machine.Processors,
            AgentSocket = folder.PortSocket,
            MonitorSocket = folder.MonitorSocket,
            ConsoleLog = folder.AgentLog,
        };
        return MachineGuest.Start(machine, folder, network, spec.HostPorts, time);
    }

    private static Forwarder Forward(GroupNetwork network, int port)
    {
        var localhost = new IPEndPoint(IPAddress.Loopback, port);
        return new Forwarder(network.Listen(localhost), () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), localhost);
    }

    private GroupState StateOf(GroupRun run, byte[] policyHash, byte[] measurement, IGuestHost host, TimeSpan ready) => new()
    {
        Group = spec.Group,
        Isolation = spec.Isolation,
        Simulated = true,
        PolicyHash = Convert.ToHexStringLower(policyHash),
        Measurement = Convert.ToHexStringLower(measurement),
        RuntimeProcess = Environment.ProcessId,
        AgentProcess = host.ProcessId,
        ReadyMilliseconds = (long)ready.TotalMilliseconds,
        Launched = time.GetUtcNow(),
        Containers = run.Containers,
    };
}
