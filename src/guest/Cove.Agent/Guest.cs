using Cove.Agent.Containers;
using Cove.Agent.Mounts;
using Cove.Agent.Policy;
using Cove.Agent.Sandboxes;
using Cove.Outcomes;
using Cove.Protocol.Messages;

namespace Cove.Agent;

/// <summary>
/// Everything the agent knows. Changes happen one after another, each with its decision: between what the policy was asked and what is
/// done about it nothing else happens.
/// </summary>
internal sealed class Guest(AgentOptions options, PolicyGate gate, Runc runc, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Dictionary<string, Container> containers = new(StringComparer.Ordinal);
    private Sandbox? sandbox;

    /// <summary>Raised when a container's first process ended.</summary>
    public event Action<ContainerExited>? Exited;

    public AgentOptions Options => options;

    public PolicyGate Gate => gate;

    public GuestFolders Folders { get; } = new(options.State);

    public MountTable Mounts { get; } = new(new GuestFolders(options.State), new ScratchSpace(new GuestFolders(options.State), options.ScratchDisk));

    public Runc Runc => runc;

    public TimeProvider Time => time;

    /// <summary>The containers in the order they were made.</summary>
    public IReadOnlyCollection<Container> Containers
    {
        get
        {
            lock (containers) return [.. containers.Values];
        }
    }

    /// <summary>The sandbox, which the host names before anything that needs it.</summary>
    public Sandbox Sandbox => sandbox ?? throw new GuestFailedException("sandbox-missing", "create the sandbox first");

    /// <summary>The container; null where there is none: what is asked about it the policy decides all the same.</summary>
    public Container? Find(string id)
    {
        lock (containers) return containers.GetValueOrDefault(Checked.Id("containerId", id));
    }

    /// <exception cref="GuestFailedException">There is none.</exception>
    public Container Container(string id) =>
        Find(id) ?? throw new GuestFailedException("container-unknown", "the guest has no container of this id");

    /// <summary>Answers a question behind the door: denied before there is a policy.</summary>
    public async Task<Verdict<T>> AskAsync<T>(Func<Task<Verdict<T>>> ask)
    {
        if (gate.Closed is { } denial) return denial;
        await options.Drivers.Value;
        return await ask();
    }

    /// <summary>Makes a change behind the door, alone.</summary>
    public async Task<Verdict<T>> ChangeAsync<T>(Func<Task<Verdict<T>>> change, CancellationToken cancellation)
    {
        if (gate.Closed is { } denial) return denial;
        await options.Drivers.Value;
        await turn.WaitAsync(cancellation);
        try
        {
            return await change();
        }
        finally
        {
            turn.Release();
        }
    }

    public void CreateSandbox(CreateSandboxRequest request)
    {
        Checked.Sandbox(request);
        if (sandbox is not null) throw new GuestFailedException("sandbox-exists", "the sandbox was created before");
        sandbox = new Sandbox(request, Folders);
    }

    /// <summary>Has runc make a decided container, and keeps it.</summary>
    public async Task<Container> CreateAsync(ContainerSpec spec)
    {
        var container = new Container(spec, runc, Folders.Bundle(spec.Id), time, exited => Exited?.Invoke(exited));
        try
        {
            await container.CreateAsync();
        }
        catch
        {
            container.Dispose();
            throw;
        }

        lock (containers) containers.Add(spec.Id, container);
        return container;
    }

    public bool Has(string containerId)
    {
        lock (containers) return containers.ContainsKey(containerId);
    }

    /// <summary>Ends every container and takes every mount down.</summary>
    public async Task EndAsync(TimeSpan grace)
    {
        await turn.WaitAsync();
        await Task.WhenAll(Containers.Select(container => container.EndAsync(forced: false, grace)));
        Mounts.Clear();
    }

    public void Dispose()
    {
        foreach (var container in Containers) container.Dispose();
        turn.Dispose();
    }
}
