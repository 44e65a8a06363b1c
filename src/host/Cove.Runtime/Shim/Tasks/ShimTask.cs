using System.Collections.Concurrent;
using Cove.Protocol.Messages;
using Cove.Runtime.Shim.Messages;
using Cove.Runtime.Shim.Pods;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Tasks;

/// <summary>One of containerd's tasks: a container with its first process and its execs, or the pod itself.</summary>
/// <param name="request">What was asked for.</param>
/// <param name="guest">Where it is.</param>
/// <param name="publish">Tells containerd.</param>
internal abstract class ShimTask(CreateTaskRequest request, PodGuest guest, TimeProvider time, Action<TaskEvent> publish)
{
    private ConcurrentDictionary<string, ShimExec> Execs { get; } = new(StringComparer.Ordinal);

    protected PodGuest Guest => guest;

    public string Id => request.Id;

    public string Bundle => request.Bundle;

    /// <summary>The process that a process of this task is shown as: the guest's own, as what runs inside has no number out here.</summary>
    public int HostProcess => guest.Process;

    public ShimProcess First { get; } = new(request.Id, "", request.Stdio);

    /// <exception cref="TtrpcException">There is no such process.</exception>
    public ShimProcess Process(string execId) => execId.Length == 0 ? First : Exec(execId).Process;

    public abstract Task StartAsync(CancellationToken cancellation);

    public abstract Task KillAsync(int signal, bool all, CancellationToken cancellation);

    /// <summary>Frees what the guest holds for it, once it has ended.</summary>
    public abstract Task RemoveAsync(CancellationToken cancellation);

    public abstract Task<Any> StatsAsync(CancellationToken cancellation);

    /// <summary>Stops its processes where they are.</summary>
    public virtual Task PauseAsync(CancellationToken cancellation) => throw NotForPods("paused");

    /// <summary>Lets them go on.</summary>
    public virtual Task ResumeAsync(CancellationToken cancellation) => throw NotForPods("resumed");

    /// <summary>Gives it other limits.</summary>
    public virtual Task UpdateAsync(Any resources, CancellationToken cancellation) => throw NotForPods("given limits");

    private TtrpcException NotForPods(string what) => TtrpcException.NotNow($"{Id} is a pod, which is not {what}: its containers are");

    /// <summary>Its streams' input ends.</summary>
    public virtual void CloseInput()
    {
    }

    public virtual void Resize(TerminalSize size)
    {
    }

    /// <summary>Keeps a request for a further process, which <see cref="StartExecAsync"/> starts.</summary>
    public void AddExec(ExecProcessRequest exec)
    {
        if (exec.ExecId.Length == 0 || !Execs.TryAdd(exec.ExecId, new ShimExec(exec, OciProcess.Parse(exec.Process))))
            throw new TtrpcException(TtrpcCode.AlreadyExists, $"process {exec.ExecId} of {Id} exists");
    }

    public abstract Task StartExecAsync(ShimExec exec);

    /// <summary>Sends a signal to a further process.</summary>
    public abstract Task KillExecAsync(ShimExec exec, int signal, CancellationToken cancellation);

    /// <exception cref="TtrpcException">There is no such exec.</exception>
    public ShimExec Exec(string execId) => Execs.GetValueOrDefault(execId) ?? throw TtrpcException.NotFound($"process {execId} of {Id}");

    public void ForgetExec(string execId)
    {
        if (Execs.TryRemove(execId, out var exec)) exec.Dispose();
    }

    protected void Ended(ShimProcess process, int code)
    {
        var exit = new ProcessExit(code, time.GetUtcNow());
        if (process.End(exit)) publish(TaskEvent.Exited(Id, process.EventId, HostProcess, exit));
    }

    protected void Publish(TaskEvent said) => publish(said);
}
