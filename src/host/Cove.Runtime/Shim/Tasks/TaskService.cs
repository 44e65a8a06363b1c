using Cove.Protocol.Messages;
using Cove.Runtime.Shim.Messages;
using Cove.Runtime.Shim.Protobuf;
using Cove.Runtime.Shim.Ttrpc;

namespace Cove.Runtime.Shim.Tasks;

/// <summary>containerd's Task service, in its two versions, which have the same messages (kata-and-containerd §4.4).</summary>
/// <param name="pod">What is served.</param>
/// <param name="publish">Tells containerd.</param>
/// <param name="stop">Ends the shim.</param>
internal sealed class TaskService(Pod pod, Action<TaskEvent> publish, Action stop)
{
    private static readonly string[] Names = ["containerd.task.v2.Task", "containerd.task.v3.Task"];
    private static readonly byte[] Empty = [];

    public TtrpcServices AddTo(TtrpcServices services)
    {
        foreach (var name in Names)
        {
            services
                .On(name, "Create", CreateAsync).On(name, "Start", StartAsync).On(name, "State", (request, _) => Task.FromResult(State(request.Span)))
                .On(name, "Delete", DeleteAsync).On(name, "Wait", WaitAsync).On(name, "Kill", KillAsync).On(name, "Exec", (request, _) => Task.FromResult(Exec(request.Span)))
                .On(name, "ResizePty", (request, _) => Task.FromResult(Resize(request.Span))).On(name, "CloseIO", (request, _) => Task.FromResult(CloseIO(request.Span)))
                .On(name, "Pids", (request, _) => Task.FromResult(Pids(request.Span))).On(name, "Stats", StatsAsync)
                .On(name, "Pause", PauseAsync).On(name, "Resume", ResumeAsync).On(name, "Update", UpdateAsync)
                .On(name, "Connect", (request, _) => Task.FromResult(Connect(request.Span))).On(name, "Shutdown", (request, _) => Task.FromResult(Shutdown(request.Span)));
        }

        return services;
    }

    private async Task<byte[]> CreateAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        Process(await pod.CreateAsync(CreateTaskRequest.Parse(bytes.Span), cancellation));

    private async Task<byte[]> StartAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var (id, exec) = ProcessAddress.Parse(bytes.Span);
        var task = pod.Find(id);
        if (exec.Length > 0)
        {
            await task.StartExecAsync(task.Exec(exec));
            return Process(task);
        }

        await task.StartAsync(cancellation);
        return Process(task);
    }

    private byte[] State(ReadOnlySpan<byte> bytes)
    {
        var (id, exec) = ProcessAddress.Parse(bytes);
        var task = pod.Find(id);
        var process = task.Process(exec);
        var stdio = process.Stdio;
        return new ProtobufWriter().Text(1, id).Text(2, task.Bundle).Number(3, task.HostProcess).Number(4, (ulong)process.Status)
            .Text(5, stdio.Input).Text(6, stdio.Output).Text(7, stdio.Error).Flag(8, stdio.Terminal)
            .Number(9, process.Exit?.Code ?? 0).Message(10, process.Exit is { } exit ? ProcessExit.Timestamp(exit.At) : []).Text(11, exec).ToArray();
    }

    private async Task<byte[]> DeleteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var (id, exec) = ProcessAddress.Parse(bytes.Span);
        var task = pod.Find(id);
        var process = task.Process(exec);
        if (exec.Length == 0)
        {
            await pod.DeleteAsync(id, cancellation);
        }
        else
        {
            if (process.Status == ProcessStatus.Running) throw TtrpcException.NotNow($"process {exec} runs");
            task.ForgetExec(exec);
        }

        return (process.Exit ?? new ProcessExit(0, DateTimeOffset.UnixEpoch)).ToDeleteResponse(task.HostProcess);
    }

    private async Task<byte[]> WaitAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var (id, exec) = ProcessAddress.Parse(bytes.Span);
        return (await pod.Find(id).Process(exec).Exited.WaitAsync(cancellation)).ToWaitResponse();
    }

    private async Task<byte[]> KillAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var request = KillRequest.Parse(bytes.Span);
        var task = pod.Find(request.Id);
        if (task.Process(request.ExecId).Status == ProcessStatus.Stopped) throw new TtrpcException(TtrpcCode.NotFound, "process already finished");
        if (request.ExecId.Length > 0) await task.KillExecAsync(task.Exec(request.ExecId), request.Signal, cancellation);
        else await task.KillAsync(request.Signal, request.All, cancellation);
        return Empty;
    }

    private byte[] Exec(ReadOnlySpan<byte> bytes)
    {
        var request = ExecProcessRequest.Parse(bytes);
        pod.Find(request.Id).AddExec(request);
        publish(TaskEvent.ExecAdded(request.Id, request.ExecId));
        return Empty;
    }

    private byte[] Resize(ReadOnlySpan<byte> bytes)
    {
        var request = ResizePtyRequest.Parse(bytes);
        var size = new TerminalSize((ushort)request.Height, (ushort)request.Width);
        if (request.ExecId.Length > 0) pod.Find(request.Id).Exec(request.ExecId).Resize(size);
        else pod.Find(request.Id).Resize(size);
        return Empty;
    }

    private byte[] CloseIO(ReadOnlySpan<byte> bytes)
    {
        var (id, exec) = ProcessAddress.Parse(bytes);
        if (exec.Length == 0) pod.Find(id).CloseInput();
        else pod.Find(id).Exec(exec).CloseInput();
        return Empty;
    }

    private byte[] Pids(ReadOnlySpan<byte> bytes)
    {
        var task = pod.Find(ProcessAddress.ParseContainer(bytes).Id);
        return new ProtobufWriter().Message(1, new ProtobufWriter().Number(1, task.HostProcess).ToArray()).ToArray();
    }

    private async Task<byte[]> StatsAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        new ProtobufWriter().Message(1, (await pod.Find(ProcessAddress.ParseContainer(bytes.Span).Id).StatsAsync(cancellation)).ToBytes()).ToArray();

    private async Task<byte[]> PauseAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await pod.Find(ProcessAddress.ParseContainer(bytes.Span).Id).PauseAsync(cancellation);
        return Empty;
    }

    private async Task<byte[]> ResumeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        await pod.Find(ProcessAddress.ParseContainer(bytes.Span).Id).ResumeAsync(cancellation);
        return Empty;
    }

    private async Task<byte[]> UpdateAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var request = UpdateTaskRequest.Parse(bytes.Span);
        await pod.Find(request.Id).UpdateAsync(request.Resources, cancellation);
        return Empty;
    }

    private byte[] Connect(ReadOnlySpan<byte> bytes) => new ProtobufWriter()
        .Number(1, Environment.ProcessId).Number(2, pod.Find(ProcessAddress.ParseContainer(bytes).Id).HostProcess).ToArray();

    private byte[] Shutdown(ReadOnlySpan<byte> bytes)
    {
        if (ShutdownRequest.Parse(bytes).Now || pod.IsEmpty) stop();
        return Empty;
    }

    private static byte[] Process(ShimTask task) => new ProtobufWriter().Number(1, task.HostProcess).ToArray();
}
