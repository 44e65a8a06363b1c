using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Protocol.Client;
using Cove.Protocol.Launch;
using Cove.Protocol.Messages;

namespace Cove.Runtime.Launch;

/// <summary>Takes a guest through one group, call by call, in the order of container-policy §4.2.</summary>
internal sealed class GroupRun(LaunchSpec spec, CreateSandboxRequest sandbox, IGuestHost host, GuestClient guest, GroupFolder folder, EventWriter events)
{
    private const int GraceSeconds = 5;

    private readonly Dictionary<string, string> layerTargets = [];
    private readonly Dictionary<string, string> volumeSources = [];
    private readonly Dictionary<string, GroupContainer> containers =
        spec.Containers.ToDictionary(container => container.Name, container => new GroupContainer(container.Name, NewId(), null));

    private readonly List<Task> following = [];

    /// <summary>After each container's end.</summary>
    public event Action? ContainerEnded;

    /// <summary>In launch order.</summary>
    public IReadOnlyList<GroupContainer> Containers
    {
        get
        {
            lock (containers) return [.. spec.Containers.Select(container => containers[container.Name])];
        }
    }

    /// <summary>Sets the policy: nothing else is possible before.</summary>
    public async Task SetPolicyAsync(ReadOnlyMemory<byte> certificates, CancellationToken stop)
    {
        Accept("the policy", await guest.CallAsync(GuestCalls.SetPolicy, new SetPolicyRequest(spec.Policy, SecurityContext.Of(certificates.Span)), null, stop));
        events.Step("policy", "the guest holds itself to the policy: its hash is in the report");
        foreach (var fragment in spec.Fragments ?? [])
        {
            Accept($"fragment {fragment.Name}", await guest.CallAsync(GuestCalls.LoadFragment, new LoadFragmentRequest(fragment.Statement, fragment.MediaType), null, stop));
            events.Step("fragment", $"the policy takes in {fragment.Name}");
        }
    }

    /// <summary>Runs the containers to the group's end, or to <paramref name="stop"/>.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Accept("the sandbox", await guest.CallAsync(GuestCalls.CreateSandbox, sandbox, null, stop));
        foreach (var volume in spec.Volumes)
        {
            var made = Accept($"volume {volume.Name}", await guest.CallAsync(
                GuestCalls.CreateVolume, new CreateVolumeRequest(volume.Name, volume.Kind, volume.Files), null, stop));
            volumeSources[volume.Name] = made.Source;
        }

        try
        {
            foreach (var container in spec.Containers.Where(container => container.IsInit))
            {
                await StartAsync(container, stop);
                var exit = await WaitAsync(container, stop);
                if (exit != 0)
                    throw new GuestFailedException("init-container-failed", $"init container {container.Name} ended with {exit}");
            }

            foreach (var container in spec.Containers.Where(container => !container.IsInit)) await StartAsync(container, stop);
            events.Write(new LaunchEvent.GroupRunning());

            var waits = spec.Containers.Where(container => !container.IsInit).ToDictionary(container => container.Name, container => WaitAsync(container, stop));
            var decisive = spec.Until.Count > 0 ? spec.Until.Select(name => waits[name]) : waits.Values;
            await Task.WhenAll(decisive);
            await StopRestAsync();
            await Task.WhenAll(waits.Values);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await StopRestAsync();
        }

        await Task.WhenAll(following);
    }

    /// <summary>An id as guests have them: 64 hex digits.</summary>
    public static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private async Task StartAsync(LaunchContainer container, CancellationToken stop)
    {
        var id = containers[container.Name].Id;
        var overlay = new MountOverlayRequest(
            id, await MountLayersAsync(container, stop), GuestPaths.Rootfs(id), GuestPaths.Scratch(sandbox.SandboxId, id));
        Accept($"the file system of container {container.Name}", await guest.CallAsync(GuestCalls.MountOverlay, overlay, null, stop));

        var create = new CreateContainerRequest(
            id, container.Args, container.Env, container.WorkingDirectory, container.User,
            Mounts: [.. container.Mounts.Select(mount =>
                new ContainerMount(mount.Path, volumeSources[mount.Volume], "bind", ["rbind", "rshared", mount.ReadOnly ? "ro" : "rw"]))],
            Capabilities: container.Capabilities,
            NoNewPrivileges: container.NoNewPrivileges,
            Privileged: container.Privileged,
            SeccompProfile: container.SeccompProfile,
            Restart: container.IsInit ? RestartPolicy.Never : spec.Restart,
            Resources: new ContainerResources(container.MemoryBytes, container.Cpus));
        Accept($"container {container.Name}", await guest.CallAsync(GuestCalls.CreateContainer, create, null, stop));
        Accept($"the start of container {container.Name}", await guest.CallAsync(GuestCalls.StartContainer, new StartContainerRequest(id), null, stop));
        following.Add(FollowAsync(container.Name, id));
        events.Step("started", $"container {container.Name}");
    }

    private async Task<IReadOnlyList<string>> MountLayersAsync(LaunchContainer container, CancellationToken stop)
    {
        var targets = new List<string>();
        foreach (var layer in container.Layers)
        {
            if (!layerTargets.TryGetValue(layer, out var target))
            {
                target = GuestPaths.Layer(layerTargets.Count);
                var image = await host.AttachLayerAsync(layer, stop);
                Accept($"a layer of container {container.Name}", await guest.CallAsync(
                    GuestCalls.MountDevice, new MountDeviceRequest(target, image, ["ro"]), null, stop));
                layerTargets[layer] = target;
            }

            targets.Add(target);
        }

        // Overlays name their layers from the top down.
        targets.Reverse();
        return targets;
    }

    private async Task FollowAsync(string name, string id)
    {
        await using var file = folder.OpenLog(name);
        await using var lines = new LineStream(file, line => events.Write(new LaunchEvent.ContainerLog(name, line)));
        try
        {
            // Rejected where the policy keeps the container's output inside: then there is no log, and that is what the owner wants.
            await guest.CallAsync(GuestCalls.Logs, new LogsRequest(id, Follow: true), new GuestStdio(Output: lines, Error: lines));
        }
        catch (Exception gone) when (gone is UnavailableException or GuestFailedException)
        {
            lines.Write(System.Text.Encoding.UTF8.GetBytes($"[cove: the log ends here: {gone.Message}]\n"));
        }
    }

    private async Task<int> WaitAsync(LaunchContainer container, CancellationToken stop)
    {
        var id = containers[container.Name].Id;
        var ended = Accept($"waiting for {container.Name}", await guest.CallAsync(GuestCalls.WaitContainer, new WaitContainerRequest(id), null, stop));
        Ended(container.Name, ended.ExitCode);
        return ended.ExitCode;
    }

    // All at once: each has its grace, and whoever asked for the end does not wait for one after the other.
    private Task StopRestAsync() => Task.WhenAll(Containers.Where(container => container.ExitCode is null).Select(StopAsync));

    private async Task StopAsync(GroupContainer container)
    {
        try
        {
            var answer = await guest.CallAsync(GuestCalls.ShutdownContainer, new ShutdownContainerRequest(container.Id, GraceSeconds: GraceSeconds));
            if (answer.IsAccepted(out var ended, out _)) Ended(container.Name, ended.ExitCode);
        }
        catch (Exception never) when (never is GuestFailedException or UnavailableException)
        {
            // It was never started, or the guest is gone: either way it does not run.
            events.Step("stop", $"container {container.Name}: {never.Message}");
        }
    }

    private void Ended(string name, int exitCode)
    {
        lock (containers)
        {
            if (containers[name].ExitCode is not null) return;
            containers[name] = containers[name] with { ExitCode = exitCode };
        }

        events.Write(new LaunchEvent.ContainerEnded(name, exitCode));
        ContainerEnded?.Invoke();
    }

    private static T Accept<T>(string what, Verdict<T> verdict) =>
        verdict.IsAccepted(out var value, out var findings) ? value : throw new DeniedException(what, findings);
}
