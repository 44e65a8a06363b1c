using System.Security.Cryptography;
using Cove.Attestation.Measurement;
using Cove.Protocol.Client;
using Cove.Protocol.Messages;
using Cove.Runtime.Launch;
using Cove.Runtime.Network;
using Cove.Runtime.Shim.Ttrpc;
using Cove.Runtime.Vmm;

namespace Cove.Runtime.Shim.Pods;

/// <summary>A pod's guest: launched with the pod's policy in its report, in the pod's network, and asked for whatever containerd asks for.</summary>
internal sealed class PodGuest : IAsyncDisposable
{
    private const string AgentProgram = "Cove.Agent.dll";

    private readonly GroupFolder folder;
    private readonly GroupNetwork network;
    private readonly GuestProcessor processor;
    private readonly IGuestHost agent;
    private readonly GroupCard? card;
    private readonly Dictionary<string, string> layers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> volumes = new(StringComparer.Ordinal);
    private readonly string policyText;
    private readonly Lock gate = new();
    private Task? ending;

    private PodGuest(
        GroupFolder folder, GroupNetwork network, GuestProcessor processor, IGuestHost agent, GroupCard? card, GuestClient client, string sandbox, string policyText) =>
        (this.folder, this.network, this.processor, this.agent, this.card, Client, Sandbox, this.policyText, Process) = (folder, network, processor, agent, card, client, sandbox, policyText, agent.ProcessId ?? 0);

    public GuestClient Client { get; }

    /// <summary>The sandbox's id, 64 hex digits.</summary>
    public string Sandbox { get; }

    /// <summary>The host's process that stands for the guest.</summary>
    public int Process { get; }

    /// <summary>Completes when the guest is gone.</summary>
    public Task Ended => agent.Ended;

    /// <summary>Launches a guest, gives it its policy and its sandbox.</summary>
    /// <param name="settings">Where everything is.</param>
    /// <param name="path">The pod's folder, made here.</param>
    /// <param name="pod">What was asked for.</param>
    /// <param name="sandbox">64 hex digits.</param>
    public static async Task<PodGuest> LaunchAsync(ShimSettings settings, string path, OciBundle pod, string sandbox, TimeProvider time, CancellationToken cancellation)
    {
        var policy = PodPolicy.Of(pod.Annotations);
        Directory.CreateDirectory(settings.State);
        var folder = GroupFolder.Take(path);
        GroupNetwork? network = null;
        GuestProcessor? processor = null;
        IGuestHost? agent = null;
        GroupCard? card = null;
        try
        {
            network = pod.Network switch
            {
                null => throw TtrpcException.NotNow("the host's network is not given to a guest"),
                "" => GroupNetwork.Create(MetadataService.Address),
                var joined => GroupNetwork.Join(joined),
            };
            var image = settings.Machine is { } machine ? GuestImage.Open(machine.Image) : null;
            var measurement = image is null ? GuestMeasurement.Of(settings.Agent) : await image.MeasureAsync(settings.Machine!.Processors, cancellation);
            processor = GuestProcessor.Start(settings.Machine, settings.Processor, measurement, policy.HostData.Span, folder.ProcessorSocket, time);
            card = image is not null && pod.Network is { Length: > 0 } ? GroupCard.Open(network) : null;
            agent = image is null
                ? AgentProcess.Start(Path.Combine(settings.Agent, AgentProgram), folder, network, time)
                : MachineGuest.Start(VirtualMachine.Of(image, settings.Machine!, folder, policy.HostData.Span) with { Card = card?.Card }, folder, network, [], time);
            PodRemains.Note(path, agent);
            var client = await agent.ConnectAsync(cancellation);
            var guest = new PodGuest(folder, network, processor, agent, card, client, sandbox, policy.Text);
            await guest.OpenAsync(policy, processor.Certificates, SandboxFacts.Of(pod, sandbox) with { Network = card?.Sandbox }, cancellation);
            return guest;
        }
        catch
        {
            if (agent is not null)
            {
                await agent.StopAsync();
                await agent.DisposeAsync();
            }

            if (processor is not null) await processor.DisposeAsync();
            card?.Dispose();
            network?.Dispose();
            folder.Dispose();
            PodRemains.Remove(path);
            throw;
        }
    }

    /// <summary>Mounts layers that are not mounted yet.</summary>
    /// <returns>Their targets, top layer first.</returns>
    public async Task<IReadOnlyList<string>> MountAsync(IReadOnlyList<string> images, CancellationToken cancellation)
    {
        var targets = new List<string>();
        foreach (var image in images)
        {
            if (!layers.TryGetValue(image, out var target))
            {
                target = GuestPaths.Layer(layers.Count);
                (await Client.CallAsync(GuestCalls.MountDevice, new MountDeviceRequest(target, await agent.AttachLayerAsync(image, cancellation), ["ro"]), null, cancellation)).OrDenied("a layer of the image");
                layers.Add(image, target);
            }

            targets.Add(target);
        }

        targets.Reverse();
        return targets;
    }

    /// <summary>Makes a volume that is not there yet.</summary>
    /// <returns>What mounts of it name as their source.</returns>
    public async Task<string> VolumeAsync(KubeletVolume volume, CancellationToken cancellation)
    {
        if (volumes.TryGetValue(volume.Name, out var source)) return source;
        var files = volume.ReadFiles();
        try
        {
            // The same files have one place under policies of ours and another under those of virtual nodes; only the guest judges which is right.
            var kind = volume.Folder is null ? VolumeKind.EmptyDir
                : policyText.Contains($"/tmp/atlas/secretsVolume/{volume.Name}", StringComparison.Ordinal) ? VolumeKind.Secret
                : VolumeKind.Files;
            var made = await Client.CallAsync(GuestCalls.CreateVolume, new CreateVolumeRequest(volume.Name, kind, files), null, cancellation);
            return volumes[volume.Name] = made.OrDenied($"volume {volume.Name}").Source;
        }
        finally
        {
            foreach (var file in files) CryptographicOperations.ZeroMemory(file.Content);
        }
    }

    /// <summary>Ends the guest and everything in it, and removes what it leaves on the host.</summary>
    public ValueTask DisposeAsync()
    {
        lock (gate) return new ValueTask(ending ??= EndAsync());
    }

    private async Task EndAsync()
    {
        await Task.Yield();
        await Client.DisposeAsync();
        await agent.StopAsync();
        await agent.DisposeAsync();
        await processor.DisposeAsync();
        card?.Dispose();
        network.Dispose();
        folder.Dispose();
        PodRemains.Remove(folder.Path);
    }

    private async Task OpenAsync(PodPolicy policy, ReadOnlyMemory<byte> certificates, CreateSandboxRequest sandbox, CancellationToken cancellation)
    {
        try
        {
            (await Client.CallAsync(GuestCalls.SetPolicy, policy.ToRequest(SecurityContext.Of(certificates.Span)), null, cancellation)).OrDenied("the policy");
            (await Client.CallAsync(GuestCalls.CreateSandbox, sandbox, null, cancellation)).OrDenied("the sandbox");
        }
        catch
        {
            await Client.DisposeAsync();
            throw;
        }
    }
}
