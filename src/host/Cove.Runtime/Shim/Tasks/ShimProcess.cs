using Cove.Runtime.Shim.Messages;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Tasks;

/// <summary>A process as containerd sees it: created, running, stopped; its streams; its end, which any number may wait for.</summary>
/// <param name="Container">Whose it is.</param>
/// <param name="ExecId">Empty for a container's first process.</param>
internal sealed class ShimProcess(string container, string execId, StdioPaths stdio)
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource<ProcessExit> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Container => container;

    public string ExecId => execId;

    public StdioPaths Stdio => stdio;

    /// <summary>What events call it.</summary>
    public string EventId => execId.Length > 0 ? execId : container;

    public ProcessStatus Status { get; private set; } = ProcessStatus.Created;

    /// <summary>Null until it has ended.</summary>
    public ProcessExit? Exit => exited.Task.IsCompletedSuccessfully ? exited.Task.Result : null;

    public Task<ProcessExit> Exited => exited.Task;

    /// <exception cref="TtrpcException">It is not new any more.</exception>
    public void Begin()
    {
        lock (gate)
        {
            if (Status != ProcessStatus.Created) throw TtrpcException.NotNow($"{EventId} was started before");
            Status = ProcessStatus.Running;
        }
    }

    /// <exception cref="TtrpcException">It does not run, or where it is to go on: it is not paused.</exception>
    public void Change(ProcessStatus from, ProcessStatus to)
    {
        lock (gate)
        {
            if (Status != from) throw TtrpcException.NotNow($"{EventId} is not {from.ToString().ToLowerInvariant()}");
            Status = to;
        }
    }

    /// <summary>It never started after all: it may be deleted.</summary>
    public void Revert()
    {
        lock (gate)
        {
            if (Status == ProcessStatus.Running) Status = ProcessStatus.Created;
        }
    }

    /// <summary>False where it had ended before.</summary>
    public bool End(ProcessExit exit)
    {
        lock (gate)
        {
            if (Status == ProcessStatus.Stopped) return false;

            // In this order: whoever sees it stopped also sees how it ended.
            exited.TrySetResult(exit);
            Status = ProcessStatus.Stopped;
            return true;
        }
    }
}
