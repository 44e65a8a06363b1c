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

    private int ending = Kill;

    public override Task StartAsync(CancellationToken cancellation)
    {
        First.Begin();
        Publish(TaskEvent.Started(Id, HostProcess));
        _ = FollowAsync();
        return Task.CompletedTask;
    }

    /// <summary>A signal that would end a pause program ends the guest, whatever still runs in it.</summary>
    public override Task KillAsync(int signal, bool all, CancellationToken cancellation)
    {
        if (signal is not (Kill or Terminate or Interrupt or Quit)) return Task.CompletedTask;
        ending = signal;

        // Answered before the end is told: whoever hears of that may have the shim itself gone before this answer is out.
        _ = EndAsync();
        return Task.CompletedTask;
    }

    public override Task RemoveAsync(CancellationToken cancellation) => Task.CompletedTask;

    public override Task<Any> StatsAsync(CancellationToken cancellation) => throw TtrpcException.NotNow("a pod's own task has no figures: its containers have");

    public override Task StartExecAsync(ShimExec exec) => throw NoProcesses();

    public override Task KillExecAsync(ShimExec exec, int signal, CancellationToken cancellation) => throw NoProcesses();

    private TtrpcException NoProcesses() => TtrpcException.NotNow($"{Id} is a pod: its containers run processes");

    private async Task FollowAsync()
    {
        await Guest.Ended;
        await EndAsync();
    }

    private async Task EndAsync()
    {
        await Guest.DisposeAsync();
        Ended(First, SignalBase + ending);
    }
}
