using System.Diagnostics;
using System.Security.Cryptography;
using Cove.Attestation.Measurement;
using Cove.Protocol.Client;
using Cove.Protocol.Launch;
using Cove.Protocol.Messages;
using Cove.Runtime.Launch;
using Cove.Runtime.Network;
using Cove.Runtime.Simulation;
using Cove.Runtime.Vmm;

namespace Cove.Tests.Flow;

/// <summary>A machine whose host is the test: it is launched with a policy's hash, and told nothing that the test does not tell it.</summary>
internal sealed class MachineUnderTest : IAsyncDisposable
{
    private readonly DirectoryInfo place = Directory.CreateTempSubdirectory("cove-vm-");
    private readonly GroupFolder folder;
    private readonly GroupNetwork network;
    private readonly GroupCard? card;
    private readonly SimulatedProcessorServer processor;
    private readonly MachineGuest machine;

    private MachineUnderTest(GuestImage image, byte[] measurement, SimulatedChip chip, byte[] policy, PodNamespace? pod)
    {
        folder = GroupFolder.Take(place.FullName);
        network = pod is null ? GroupNetwork.Create(MetadataService.Address) : GroupNetwork.Join(pod.Path);
        card = pod is null ? null : GroupCard.Open(network);
        var launch = new SimulatedLaunch(measurement, SHA256.HashData(policy), SimulatedLaunch.ContainerGroupPolicy);
        processor = SimulatedProcessorServer.Start(SimulatedProcessor.Launch(chip, launch), folder.ProcessorSocket, TimeProvider.System);
        machine = MachineGuest.Start(
            VirtualMachine.Of(image, new LaunchMachine(image.Folder, LaunchMachine.Tcg, MemoryMiB: 512, Processors: 1), folder, SHA256.HashData(policy)) with { Card = card?.Card },
            folder, network, [], TimeProvider.System);
    }

    public GuestClient Host { get; private set; } = null!;

    /// <summary>What the guest is to do with its card.</summary>
    public SandboxNetwork? Network => card?.Sandbox;

    /// <summary>The disk that the guest writes to, as its host sees it.</summary>
    public string ScratchFile => folder.ScratchFile;

    /// <summary>Boots a machine from the image in the state folder.</summary>
    /// <param name="cove">Has the image.</param>
    /// <param name="policy">The policy whose hash the machine is launched with.</param>
    /// <param name="pod">The pod whose network it gets; null for none.</param>
    public static async Task<MachineUnderTest> BootAsync(CoveProgram cove, byte[] policy, PodNamespace? pod = null)
    {
        var image = GuestImage.Open(Path.Combine(cove.Home, "guest"));
        var chip = new SimulatedChipStore(Path.Combine(cove.Home, "processor"), TimeProvider.System).Open();
        var machine = new MachineUnderTest(image, await image.MeasureAsync(1), chip, policy, pod);
        try
        {
            machine.Host = await machine.machine.ConnectAsync(TestContext.Current.CancellationToken);
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Plugs a layer in; the answer is what the guest is told to mount.</summary>
    public Task<string> AttachAsync(string file) => machine.AttachLayerAsync(file, TestContext.Current.CancellationToken);

    /// <summary>Has a port of this host lead to one of the guest's, as a published port does.</summary>
    public int Publish(int port)
    {
        var listener = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen();
        machine.Publish(listener, port);
        return ((System.Net.IPEndPoint)listener.LocalEndPoint!).Port;
    }

    /// <summary>Bytes of the scratch disk that were ever written.</summary>
    public long WrittenToScratch() => long.Parse(Say("stat", "-c", "%b", ScratchFile).Out) * 512;

    /// <summary>Whether the scratch disk, as its host sees it, has this text anywhere. Its holes are left out: they are most of it.</summary>
    public bool ScratchHas(string text) => Say("sh", "-c", "tar -cSf - \"$1\" 2>/dev/null | grep -a -q -F \"$2\"", "sh", ScratchFile, text).Code == 0;

    public byte[] FirstBlockOfScratch()
    {
        using var file = new FileStream(ScratchFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var block = new byte[4096];
        file.ReadExactly(block);
        return block;
    }

    public async ValueTask DisposeAsync()
    {
        if (Host is not null) await Host.DisposeAsync();
        await machine.StopAsync();
        await machine.DisposeAsync();
        await processor.DisposeAsync();
        card?.Dispose();
        network.Dispose();
        folder.Dispose();
        place.Delete(recursive: true);
    }

    private static (int Code, string Out) Say(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said);
    }
}
