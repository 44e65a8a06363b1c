using System.Threading.Channels;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Runtime.Shim.Messages;
using Cove.Runtime.Shim.Pods;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Tasks;

/// <summary>A container in a guest.</summary>
internal sealed class ContainerTask : ShimTask
{
    private const int Kill = 9;
    private const int UnknownExit = 255;
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    private readonly string guestId;
    private readonly OciProcess process;
    private readonly ProcessStreams streams;
    private readonly TimeProvider time;
    private readonly Channel<TerminalSize> sizes = ShimExec.Sizes();
    private ContainerResources limits = new();

    private ContainerTask(CreateTaskRequest request, PodGuest guest, string guestId, OciProcess process, ProcessStreams streams, TimeProvider time, Action<TaskEvent> publish)
        : base(request, guest, time, publish) => (this.guestId, this.process, this.streams, this.time) = (guestId, process, streams, time);

    /// <summary>Hands the guest the container's layers and proposes the container. The guest decides.</summary>
    /// <param name="layers">Its layers' images, base first.</param>
    public static async Task<ContainerTask> CreateAsync(
        CreateTaskRequest request, OciBundle bundle, PodGuest guest, IReadOnlyList<string> layers, TimeProvider time, Action<TaskEvent> publish, CancellationToken cancellation)
    {
        var (id, process) = (SandboxFacts.GuestId(request.Id), bundle.Process);
        var overlay = new MountOverlayRequest(id, await guest.MountAsync(layers, cancellation), GuestPaths.Rootfs(id), GuestPaths.Scratch(guest.Sandbox, id));
        (await guest.Client.CallAsync(GuestCalls.MountOverlay, overlay, null, cancellation)).OrDenied("the container's file system");
        var create = new CreateContainerRequest(
            id, process.Args, process.Env, process.WorkingDirectory, process.User, process.AdditionalGroups,
            Umask: process.Umask ?? "0022",
            Mounts: await ContainerMounts.AskAsync(guest, bundle.Mounts, cancellation),
            Capabilities: bundle.Privileged ? null : process.Capabilities,
            NoNewPrivileges: process.NoNewPrivileges,
            Privileged: bundle.Privileged,
            SeccompProfile: bundle.Seccomp,
            Resources: bundle.Resources,
            Input: request.Stdio.Input.Length > 0,
            Terminal: request.Stdio.Terminal);
        var streams = ProcessStreams.Open(request.Stdio);
        try
        {
            (await guest.Client.CallAsync(GuestCalls.CreateContainer, create, null, cancellation)).OrDenied("the container");
            return new ContainerTask(request, guest, id, process, streams, time, publish) { limits = bundle.Resources };
        }
        catch
        {
            streams.Dispose();
            throw;
        }
    }

    public override async Task StartAsync(CancellationToken cancellation)
    {
        First.Begin();
        var input = CopyInputAsync();
        try
        {
            (await Guest.Client.CallAsync(GuestCalls.StartContainer, new StartContainerRequest(guestId), null, cancellation)).OrDenied("the container's start");
        }
        catch
        {
            First.End(new ProcessExit(UnknownExit, time.GetUtcNow()));
            await input;
            streams.Dispose();
            throw;
        }

        Publish(TaskEvent.Started(Id, HostProcess));
        _ = FollowAsync(input, CopyOutputAsync());
    }

    public override async Task KillAsync(int signal, bool all, CancellationToken cancellation)
    {
        // Its end for good has an enforcement point of its own, which every policy answers; signals are the policy's to list.
        if (signal == Kill)
        {
            var ended = Guest.Client.CallAsync(GuestCalls.ShutdownContainer, new ShutdownContainerRequest(guestId, Forced: true, GraceSeconds: 0), null, CancellationToken.None);
            (await ended).OrDenied("the container's end");
            return;
        }

        (await Guest.Client.CallAsync(GuestCalls.Signal, new SignalRequest(guestId, signal), null, cancellation)).OrDenied($"signal {signal}");
    }

    public override async Task StartExecAsync(ShimExec exec)
    {
        if (First.Status != ProcessStatus.Running) throw TtrpcException.NotNow($"{Id} does not run");
        try
        {
            await exec.StartAsync(
                Guest, guestId, process, () => Publish(TaskEvent.ExecStarted(Id, exec.Process.ExecId, HostProcess)), code => Ended(exec.Process, code));
        }
        catch
        {
            // It never was: containerd deletes it, and hears of no end.
            exec.Process.End(new ProcessExit(UnknownExit, time.GetUtcNow()));
            throw;
        }
    }

    public override async Task KillExecAsync(ShimExec exec, int signal, CancellationToken cancellation)
    {
        if (signal == Kill) await exec.KillAsync();
        else (await Guest.Client.CallAsync(GuestCalls.Signal, new SignalRequest(guestId, signal, exec.Args), null, cancellation)).OrDenied($"signal {signal}");
    }

    public override async Task RemoveAsync(CancellationToken cancellation)
    {
        if (First.Status == ProcessStatus.Created)
        {
            await KillAsync(Kill, all: true, cancellation);
            Ended(First, UnknownExit);
            streams.Dispose();
        }

        if (!Guest.Ended.IsCompleted)
            (await Guest.Client.CallAsync(GuestCalls.UnmountOverlay, new UnmountOverlayRequest(guestId), null, cancellation)).OrDenied("taking the container's file system down");
    }

    public override Task<Any> StatsAsync(CancellationToken cancellation) => ContainerStats.AskAsync(Guest, guestId, cancellation);

    public override async Task PauseAsync(CancellationToken cancellation)
    {
        (await Guest.Client.CallAsync(GuestCalls.PauseContainer, new PauseContainerRequest(guestId), null, cancellation)).OrDenied("pausing the container");
        First.Change(ProcessStatus.Running, ProcessStatus.Paused);
        Publish(TaskEvent.Paused(Id));
    }

    public override async Task ResumeAsync(CancellationToken cancellation)
    {
        (await Guest.Client.CallAsync(GuestCalls.ResumeContainer, new ResumeContainerRequest(guestId), null, cancellation)).OrDenied("resuming the container");
        First.Change(ProcessStatus.Paused, ProcessStatus.Running);
        Publish(TaskEvent.Resumed(Id));
    }

    public override async Task UpdateAsync(Any resources, CancellationToken cancellation)
    {
        var changed = OciResources.Change(limits, resources);
        (await Guest.Client.CallAsync(GuestCalls.UpdateContainer, new UpdateContainerRequest(guestId, changed), null, cancellation)).OrDenied("the container's limits");
        limits = changed;
    }

    public override void CloseInput() => streams.EndInput();

    public override void Resize(TerminalSize size) => sizes.Writer.TryWrite(size);

    private async Task CopyInputAsync()
    {
        if (!First.Stdio.Terminal && First.Stdio.Input.Length == 0) return;
        try
        {
            // Rejected where the policy keeps the container's streams inside: its first process then has no input.
            await Guest.Client.CallAsync(GuestCalls.Attach, new AttachRequest(guestId), streams.ForGuest with { Output = null, Error = null, Sizes = sizes.Reader });
        }
        catch (Exception gone) when (gone is UnavailableException or GuestFailedException or IOException or ObjectDisposedException)
        {
            // The guest is gone, or who writes the input is.
        }
    }

    private async Task CopyOutputAsync()
    {
        try
        {
            // Rejected where the policy keeps the container's output inside, as its owner wants.
            await Guest.Client.CallAsync(GuestCalls.Logs, new LogsRequest(guestId, Follow: true), streams.ForGuest with { Input = null });
        }
        catch (Exception gone) when (gone is UnavailableException or GuestFailedException or IOException or ObjectDisposedException)
        {
            // The guest is gone, or who read the output is.
        }
    }

    private async Task FollowAsync(Task input, Task output)
    {
        var code = UnknownExit;
        try
        {
            var ended = await Guest.Client.CallAsync(GuestCalls.WaitContainer, new WaitContainerRequest(guestId));
            if (ended.IsAccepted(out var end, out _)) code = end.ExitCode;
        }
        catch (Exception gone) when (gone is UnavailableException or GuestFailedException)
        {
            code = 128 + Kill;
        }

        // All it printed comes before its end; but a reader that is away is not waited for for ever.
        if (await Task.WhenAny(output, Task.Delay(DrainTime, time)) != output) streams.GiveUp();
        await output;
        await input;
        streams.Dispose();
        Ended(First, code);
    }
}
