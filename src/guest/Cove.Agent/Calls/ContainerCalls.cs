using Cove.Agent.Containers;
using Cove.Agent.Mounts;
using Cove.Agent.Policy;
using Cove.Agent.Sandboxes;
using Cove.Outcomes;
using Cove.Protocol.Messages;
using Cove.Protocol.Server;

namespace Cove.Agent.Calls;

/// <summary>A container's life: create, start, signal, wait, shut down.</summary>
internal static class ContainerCalls
{
    /// <summary>Where containers find the simulated secure processor, as they would find <c>/dev/sev-guest</c>.</summary>
    private const string SecureProcessor = "/dev/cove-sp";

    private const int LongestGraceSeconds = 600;
    private const int Stop = 19;

    public static GuestHandlers AddContainerCalls(this GuestHandlers handlers, Guest guest) => handlers
        .On(GuestCalls.CreateContainer, (request, cancellation) => guest.ChangeAsync(() => CreateAsync(guest, request), cancellation))
        .On(GuestCalls.StartContainer, (request, cancellation) => guest.ChangeAsync(() => StartAsync(guest, request), cancellation))
        .On(GuestCalls.WaitContainer, (request, cancellation) => guest.AskAsync(() => WaitAsync(guest, request, cancellation)))
        .On(GuestCalls.Signal, (request, cancellation) => guest.ChangeAsync(() => Signal(guest, request), cancellation))
        .On(GuestCalls.PauseContainer, (request, cancellation) => guest.ChangeAsync(() => PauseAsync(guest, request), cancellation))
        .On(GuestCalls.ResumeContainer, (request, cancellation) => guest.ChangeAsync(() => ResumeAsync(guest, request), cancellation))
        .On(GuestCalls.UpdateContainer, (request, cancellation) => guest.ChangeAsync(() => UpdateAsync(guest, request), cancellation))
        .On(GuestCalls.ShutdownContainer, (request, cancellation) => ShutdownAsync(guest, request, cancellation));

    private static async Task<Verdict<CreateContainerResponse>> CreateAsync(Guest guest, CreateContainerRequest request)
    {
        var id = Checked.Id("containerId", request.ContainerId);
        CheckProcess(request.Args, request.Env, request.WorkingDirectory, request.Umask);
        if ((request.Input || request.Terminal) && request.Restart != RestartPolicy.Never)
            throw new MalformedException("container", "restart", "is asked for with an input or a terminal: those last for one run");
        guest.Mounts.RequireConsistent();
        if (request.HostNetwork && !guest.Gate.HostNetwork().IsAccepted(out _, out var denied)) return denied.ToList();
        var process = new ProcessSpec(
            request.Args,
            request.Env,
            request.WorkingDirectory,
            UserLookup.In(guest.Mounts.Rootfs(id)).Resolve(request.User, request.AdditionalGroups ?? []),
            request.Umask,
            request.Capabilities ?? PolicyInputs.DefaultCapabilities(request.Privileged),
            request.NoNewPrivileges,
            request.Terminal);
        var mounts = (request.Mounts ?? []).Select(mount => MountSources.ForPolicy(mount, guest.Sandbox.Id)).ToList();
        var seccomp = request.SeccompProfile is null ? "" : SeccompProfile.Hash(request.SeccompProfile);
        var proposed = new ProposedContainer(
            id, guest.Sandbox.Id, process, mounts, request.Privileged, seccomp, request.SandboxContainer, request.Devices ?? []);
        return await guest.Gate.CreateContainerAsync(proposed, async decision =>
        {
            if (request.Terminal && !decision.StdioAllowed) return ProcessCalls.StdioDenied;
            if (guest.Has(id)) throw new GuestFailedException("container-exists", "the guest has a container of this id");
            if (proposed.Devices.Count > 0) throw NotSupported("passes no device of its host on to containers");
            var rootfs = guest.Mounts.RequireRootfs(id);
            CheckFolder(request.WorkingDirectory);

            // Everything from here on is the guest's own addition to what was decided, so no policy lists it.
            var context = SecurityContextFolder.Write(
                rootfs, guest.Gate.PolicyBase64, guest.Gate.SecurityContext, guest.Gate.ReferenceInfos, simulated: guest.Options.SecureProcessor is not null);
            var spec = new ContainerSpec(
                id,
                process with
                {
                    Env = [.. decision.Env, $"{SecurityContextFolder.Variable}={context}"],
                    Capabilities = GuestCapabilities.Limit(decision.Capabilities, GuestCapabilities.OfThisProcess()),
                },
                rootfs,
                [.. mounts.Select(mount => MountSources.ForRuntime(mount, guest.Sandbox)), .. guest.Sandbox.NetworkMounts(mounts), .. ProcessorMount(guest)],
                guest.Sandbox.Hostname,
                request.Privileged,
                request.SeccompProfile,
                decision.StdioAllowed,
                request.Input,
                request.Restart,
                CheckResources(request.Resources ?? new ContainerResources()),
                $"{guest.Options.Cgroup.TrimEnd('/')}/{id}");
            await guest.CreateAsync(spec);
            return new CreateContainerResponse(decision.StdioAllowed, [.. request.Env.Except(decision.Env, StringComparer.Ordinal).Select(Name)]);
        });
    }

    private static async Task<Verdict<Done>> StartAsync(Guest guest, StartContainerRequest request)
    {
        guest.Mounts.RequireConsistent();
        await guest.Container(request.ContainerId).StartAsync();
        return new Done();
    }

    private static async Task<Verdict<WaitContainerResponse>> WaitAsync(Guest guest, WaitContainerRequest request, CancellationToken cancellation) =>
        await guest.Container(request.ContainerId).Terminated.WaitAsync(cancellation);

    private static Task<Verdict<Done>> Signal(Guest guest, SignalRequest request)
    {
        var signal = Checked.Signal(request.Signal);
        var first = request.ExecArgs is null;
        var args = request.ExecArgs ?? guest.Find(request.ContainerId)?.Spec.Process.Args ?? [];
        return Task.FromResult(guest.Gate.Signal(request.ContainerId, signal, first, args, () =>
        {
            var container = guest.Container(request.ContainerId);
            var reached = first ? container.Signal(signal) : container.SignalExecs(request.ExecArgs!, signal) > 0;
            return reached ? new Done() : throw new GuestFailedException("process-not-running", "no such process runs in the container");
        }));
    }

    /// <summary>A host that freezes one container and not another does what it cannot do to a whole machine: the policy's word for it is SIGSTOP.</summary>
    private static async Task<Verdict<Done>> PauseAsync(Guest guest, PauseContainerRequest request)
    {
        var args = guest.Find(request.ContainerId)?.Spec.Process.Args ?? [];
        var allowed = guest.Gate.Signal(request.ContainerId, Stop, first: true, args, () => new Done());
        if (allowed.IsAccepted(out _, out _)) await guest.Container(request.ContainerId).PauseAsync();
        return allowed;
    }

    private static async Task<Verdict<Done>> ResumeAsync(Guest guest, ResumeContainerRequest request)
    {
        await guest.Container(request.ContainerId).ResumeAsync();
        return new Done();
    }

    private static async Task<Verdict<Done>> UpdateAsync(Guest guest, UpdateContainerRequest request)
    {
        var resources = CheckResources(request.Resources);
        await guest.Container(request.ContainerId).UpdateAsync(resources);
        return new Done();
    }

    private static async Task<Verdict<WaitContainerResponse>> ShutdownAsync(Guest guest, ShutdownContainerRequest request, CancellationToken cancellation)
    {
        if (request.GraceSeconds is < 0 or > LongestGraceSeconds)
            throw new MalformedException("shutdown", "graceSeconds", $"is {request.GraceSeconds}, not 0 to {LongestGraceSeconds}");
        var allowed = await guest.ChangeAsync(
            () => Task.FromResult(guest.Gate.Shutdown(request.ContainerId, () => guest.Container(request.ContainerId))), cancellation);

        // Waiting for its end holds up no other change, and goes on if the host goes away.
        return allowed.IsAccepted(out var container, out var findings)
            ? await container.EndAsync(request.Forced, TimeSpan.FromSeconds(request.GraceSeconds))
            : findings.ToList();
    }

    internal static void CheckProcess(IReadOnlyList<string> args, IReadOnlyList<string> env, string workingDirectory, string umask)
    {
        if (args.Count == 0) throw new MalformedException("process", "args", "are empty");
        if (args.Concat(env).Append(workingDirectory).Any(text => text.Contains('\0', StringComparison.Ordinal)))
            throw new MalformedException("process", "args, env or workingDirectory", "hold a zero byte");
        Checked.Umask(umask);
    }

    /// <summary>After the decision: a policy may name any text, a process can only be in a folder.</summary>
    internal static void CheckFolder(string workingDirectory)
    {
        if (!workingDirectory.StartsWith('/')) throw new GuestFailedException("working-directory-relative", "the working directory is not absolute");
    }

    /// <summary>What the policy allows and the guest has no means for.</summary>
    internal static GuestFailedException NotSupported(string what) => new("not-supported", $"the policy allows it, but this guest {what}");

    internal static string Name(string variable) => variable.Split('=', 2)[0];

    private static ContainerResources CheckResources(ContainerResources resources) =>
        resources is { MemoryBytes: >= 0, Cpus: >= 0 and <= 1024 } && double.IsFinite(resources.Cpus)
            ? resources
            : throw new MalformedException("container", "resources", "are negative or absurd");

    private static IEnumerable<ContainerMount> ProcessorMount(Guest guest) => guest.Options.SecureProcessor is { } socket
        ? [new ContainerMount(SecureProcessor, socket, "bind", ["bind"])]
        : [];
}
