using Cove.Runtime.Shim.Messages;
using Cove.Runtime.Shim.Pods;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Tasks;

/// <summary>
/// The pod's own task. Elsewhere a pause program holds the pod's namespaces open; here the guest does, so nothing is run: the task stands for
/// the guest, and ends with it.
/// </summary>
internal sealed class SandboxTask(CreateTaskRequest request, PodGuest guest, TimeProvider time, Action<TaskEvent> publish) : ShimTask(request, guest, time, publish)
{
    private const int Kill = 9, Terminate = 15, Interrupt = 2, Quit = 3;
    private const int SignalBase = 128;

    public override Task StartAsync(CancellationToken cancellation)
    {
        First.Begin();
        _ = FollowAsync();
        return Task.CompletedTask;
    }

    /// <summary>A signal that would end a pause program ends the guest, whatever still runs in it.</summary>
    public override async Task KillAsync(int signal, bool all, CancellationToken cancellation)
    {
        if (signal is not (Kill or Terminate or Interrupt or Quit)) return;
        await Guest.DisposeAsync();
        Ended(First, SignalBase + signal);
    }

    public override Task RemoveAsync(CancellationToken cancellation) => Task.CompletedTask;

    public override Task<Any> StatsAsync(CancellationToken cancellation) => throw TtrpcException.NotNow("a pod's own task has no figures: its containers have");

    private async Task FollowAsync()
    {
        await Guest.Ended;
        Ended(First, SignalBase + Kill);
    }
}
