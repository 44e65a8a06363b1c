using System.Collections.Concurrent;
using Cove.Runtime.Shim.Containerd;
using Cove.Runtime.Shim.Messages;
using Cove.Runtime.Shim.Pods;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Tasks;

/// <summary>Everything that one shim serves: a guest and the tasks in it. Changes of which tasks there are happen one after another.</summary>
/// <param name="folder">The pod's folder on the host.</param>
/// <param name="publish">Tells containerd.</param>
internal sealed class Pod(ShimSettings settings, string folder, ImageLayers layers, TimeProvider time, Action<TaskEvent> publish) : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ConcurrentDictionary<string, ShimTask> tasks = new(StringComparer.Ordinal);
    private PodGuest? guest;

    public bool IsEmpty => tasks.IsEmpty;

    /// <exception cref="TtrpcException">There is no such task.</exception>
    public ShimTask Find(string id) => tasks.GetValueOrDefault(id) ?? throw TtrpcException.NotFound($"task {id}");

    public async Task<ShimTask> CreateAsync(CreateTaskRequest request, CancellationToken cancellation)
    {
        if (request.Checkpoint) throw new TtrpcException(TtrpcCode.Unimplemented, "a confidential guest is not restored from a checkpoint");
        await turn.WaitAsync(cancellation);
        try
        {
            if (tasks.ContainsKey(request.Id)) throw new TtrpcException(TtrpcCode.AlreadyExists, $"task {request.Id} exists");
            var bundle = OciBundle.Read(request.Bundle);
            var task = PodAnnotations.RoleOf(bundle.Annotations) switch
            {
                PodRole.Sandbox => new SandboxTask(request, await LaunchAsync(request, bundle, cancellation), time, publish),
                PodRole.Member => await CreateContainerAsync(request, bundle, guest ?? throw TtrpcException.NotNow("the pod has no guest"), cancellation),
                _ => await CreateAloneAsync(request, bundle, cancellation),
            };
            tasks[request.Id] = task;
            publish(TaskEvent.Created(request, task.HostProcess));
            return task;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Removes a task that has ended or never started.</summary>
    public async Task<ShimTask> DeleteAsync(string id, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            var task = Find(id);
            if (task.First.Status is ProcessStatus.Running or ProcessStatus.Paused) throw TtrpcException.NotNow($"task {id} runs");
            await task.RemoveAsync(cancellation);
            tasks.TryRemove(id, out _);
            if (task.First.Exit is { } exit) publish(TaskEvent.Deleted(id, task.HostProcess, exit));
            return task;
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (guest is not null) await guest.DisposeAsync();
        turn.Dispose();
    }

    private async Task<PodGuest> LaunchAsync(CreateTaskRequest request, OciBundle bundle, CancellationToken cancellation)
    {
        if (guest is not null) throw TtrpcException.NotNow("the pod has a guest");
        return guest = await PodGuest.LaunchAsync(settings, folder, bundle, SandboxFacts.GuestId(request.Id), time, cancellation);
    }

    private async Task<ShimTask> CreateContainerAsync(CreateTaskRequest request, OciBundle bundle, PodGuest inside, CancellationToken cancellation) =>
        await ContainerTask.CreateAsync(request, bundle, inside, await layers.OfAsync(request.Id, cancellation), time, publish, cancellation);

    private async Task<ShimTask> CreateAloneAsync(CreateTaskRequest request, OciBundle bundle, CancellationToken cancellation)
    {
        var own = await LaunchAsync(request, bundle, cancellation);
        try
        {
            return await CreateContainerAsync(request, bundle, own, cancellation);
        }
        catch
        {
            guest = null;
            await own.DisposeAsync();
            throw;
        }
    }
}
