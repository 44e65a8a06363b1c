using Cove.Guest.Processes;
using Cove.Protocol.Messages;

namespace Cove.Agent.Containers;

/// <summary>
/// A decided container through its life: created, running, waiting to be started again, terminated. Starting it again needs no new
/// decision: it is the same spec, which cannot be changed (docs/decisions, "the guest restarts containers").
/// </summary>
internal sealed class Container(ContainerSpec spec, Runc runc, string bundle, TimeProvider time, Action<ContainerExited> notify) : IDisposable
{
    private const int Terminate = 15;
    private const int Kill = 9;
    private const int UnknownExit = 255;

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private readonly List<RunningExec> execs = [];
    private readonly CancellationTokenSource ending = new();
    private readonly SemaphoreSlim freezing = new(1, 1);
    private readonly TaskCompletionSource<WaitContainerResponse> terminated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ChildProcess? first;
    private PseudoTerminal? terminal;
    private Stream? input;
    private List<Task> pumps = [];

    public ContainerSpec Spec => spec;

    public LogRing Log { get; } = new();

    public ContainerState State { get; private set; } = ContainerState.Created;

    public int? ExitCode { get; private set; }

    public int Restarts { get; private set; }

    /// <summary>Completes when it has ended for good.</summary>
    public Task<WaitContainerResponse> Terminated => terminated.Task;

    /// <summary>Writes the bundle and has runc make the container.</summary>
    public async Task CreateAsync()
    {
        Directory.CreateDirectory(bundle, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllBytesAsync(Path.Combine(bundle, "config.json"), OciSpec.Write(spec));
        await MakeAsync();
    }

    /// <exception cref="GuestFailedException">It was started before, or runc refused.</exception>
    public async Task StartAsync()
    {
        lock (gate)
        {
            if (State != ContainerState.Created || ending.IsCancellationRequested)
                throw new GuestFailedException("container-started", "the container has been started before");
            State = ContainerState.Running;
        }

        try
        {
            await runc.StartAsync(spec.Id);
        }
        catch
        {
            first!.Signal(Kill);
            _ = SuperviseAsync(mayRestart: false);
            throw;
        }

        _ = SuperviseAsync(mayRestart: true);
    }

    /// <summary>Gives away what is written to its first process, once; null where it has no input, or somebody took it, or it has ended.</summary>
    public Stream? TakeInput()
    {
        lock (gate)
        {
            var given = input;
            input = null;
            return given;
        }
    }

    /// <summary>Sets the size of its first process's terminal, where it has one.</summary>
    public void Resize(TerminalSize size) => terminal?.Resize(size.Rows, size.Columns);

    /// <summary>Sends a signal to its first process. False where none runs.</summary>
    public bool Signal(int signal)
    {
        lock (gate) return State is ContainerState.Running or ContainerState.Paused && first!.Signal(signal);
    }

    /// <summary>Sends a signal to the running execs that were started with these arguments. Returns how many got it.</summary>
    public int SignalExecs(IReadOnlyList<string> args, int signal)
    {
        lock (gate) return execs.Count(exec => exec.Args.SequenceEqual(args, StringComparer.Ordinal) && exec.Signal(signal));
    }

    /// <summary>Freezes it.</summary>
    /// <exception cref="GuestFailedException">It does not run, or runc refused.</exception>
    public async Task PauseAsync()
    {
        await freezing.WaitAsync();
        try
        {
            if (State != ContainerState.Running || ending.IsCancellationRequested) throw new GuestFailedException("container-not-running", "the container does not run");
            await runc.PauseAsync(spec.Id);
            lock (gate) State = State == ContainerState.Running ? ContainerState.Paused : State;
        }
        finally
        {
            freezing.Release();
        }
    }

    /// <summary>Lets it go on.</summary>
    /// <exception cref="GuestFailedException">It is not paused, or runc refused.</exception>
    public async Task ResumeAsync()
    {
        await freezing.WaitAsync();
        try
        {
            if (State != ContainerState.Paused) throw new GuestFailedException("container-not-paused", "the container is not paused");
            await runc.ResumeAsync(spec.Id);
            lock (gate) State = State == ContainerState.Paused ? ContainerState.Running : State;
        }
        finally
        {
            freezing.Release();
        }
    }

    /// <summary>Gives it other limits.</summary>
    /// <exception cref="GuestFailedException">It has ended, or runc refused.</exception>
    public Task UpdateAsync(ContainerResources resources) => State is ContainerState.Created or ContainerState.Running or ContainerState.Paused
        ? runc.UpdateAsync(spec.Id, resources)
        : throw new GuestFailedException("container-not-running", "the container does not run");

    /// <summary>Starts a process in it.</summary>
    public async Task<RunningExec> ExecAsync(ProcessSpec process, StdioDescriptors stdio)
    {
        if (State != ContainerState.Running) throw new GuestFailedException("container-not-running", "the container does not run");
        var exec = await runc.ExecAsync(spec.Id, process, stdio);
        lock (gate) execs.Add(exec);
        return exec;
    }

    public void Forget(RunningExec exec)
    {
        lock (gate) execs.Remove(exec);
        exec.Dispose();
    }

    /// <summary>Ends it for good: SIGTERM, the grace, SIGKILL; or SIGKILL at once.</summary>
    public async Task<WaitContainerResponse> EndAsync(bool forced, TimeSpan grace)
    {
        await ending.CancelAsync();
        await ThawAsync();
        bool neverStarted;
        lock (gate)
        {
            neverStarted = State == ContainerState.Created;
            if (neverStarted) State = ContainerState.Running;
        }

        if (neverStarted) _ = SuperviseAsync(mayRestart: false);
        if (!forced && !neverStarted && Signal(Terminate))
        {
            await WaitAsync(grace);
        }

        Signal(Kill);
        return await Terminated;
    }

    /// <summary>Under control groups of version 1 what is frozen cannot even be killed.</summary>
    private async Task ThawAsync()
    {
        try
        {
            await ResumeAsync();
        }
        catch (GuestFailedException)
        {
            // It was not frozen, or it ended.
        }
    }

    private async Task WaitAsync(TimeSpan grace)
    {
        try
        {
            await Terminated.WaitAsync(grace, time);
        }
        catch (TimeoutException)
        {
            // It had its time.
        }
    }

    public void Dispose()
    {
        ending.Dispose();
        freezing.Dispose();
        if (Directory.Exists(bundle)) Directory.Delete(bundle, recursive: true);
    }

    private async Task MakeAsync()
    {
        if (spec.Process.Terminal)
        {
            var (process, made) = await runc.CreateWithTerminalAsync(spec.Id, bundle, time);
            (first, terminal, input) = (process, made, made.Stream);
            pumps = [Pump(made.Stream, StdioChannel.Output)];
            return;
        }

        using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        var none = nothing.DangerousGetHandle().ToInt32();
        if (!spec.StdioAllowed)
        {
            first = await runc.CreateAsync(spec.Id, bundle, new StdioDescriptors(none, none, none));
            return;
        }

        using var entry = spec.Input ? Pipe.Create() : null;
        using var output = Pipe.Create();
        using var error = Pipe.Create();
        first = await runc.CreateAsync(spec.Id, bundle, new StdioDescriptors(entry?.ReadDescriptor ?? none, output.WriteDescriptor, error.WriteDescriptor));
        pumps = [Pump(output.KeepReading(), StdioChannel.Output), Pump(error.KeepReading(), StdioChannel.Error)];
        input = entry?.KeepWriting();
    }

    /// <summary>A thread a stream: a read of a pipe blocks, and must not hold a thread of the pool for as long as a container lives.</summary>
    private Task Pump(Stream stream, StdioChannel channel) => Task.Factory.StartNew(
        () =>
        {
            using (stream)
            {
                var buffer = new byte[64 * 1024];
                while (stream.Read(buffer) is var read and > 0) Log.Append(channel, buffer.AsSpan(0, read));
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private async Task SuperviseAsync(bool mayRestart)
    {
        try
        {
            await FollowAsync(mayRestart);
        }
        finally
        {
            // Whatever went wrong, nobody may wait for this container for ever.
            lock (gate) State = ContainerState.Terminated;
            Log.Complete();
            terminated.TrySetResult(new WaitContainerResponse(ExitCode ?? UnknownExit, Restarts));
        }
    }

    private async Task FollowAsync(bool mayRestart)
    {
        var backOff = FirstBackOff;
        while (true)
        {
            var began = time.GetTimestamp();
            var code = (await first!.Exit).Code;
            await ForgetAsync();
            await Task.WhenAll(pumps);
            if (TakeInput() is { } unread) await unread.DisposeAsync();
            if (time.GetElapsedTime(began) >= LongEnough) backOff = FirstBackOff;

            bool again;
            lock (gate)
            {
                ExitCode = code;
                again = mayRestart && !ending.IsCancellationRequested && Wants(code);
                State = again ? ContainerState.Waiting : ContainerState.Terminated;
            }

            notify(new ContainerExited(spec.Id, code, Restarts, again));
            if (!again || !await RestartAsync(backOff)) break;
            backOff = backOff * 2 < LongestBackOff ? backOff * 2 : LongestBackOff;
        }
    }

    private bool Wants(int code) => spec.Restart switch
    {
        RestartPolicy.Always => true,
        RestartPolicy.OnFailure => code != 0,
        _ => false,
    };

    private async Task<bool> RestartAsync(TimeSpan backOff)
    {
        try
        {
            await Task.Delay(backOff, time, ending.Token);
            await MakeAsync();
            lock (gate)
            {
                Restarts++;
                State = ContainerState.Running;
            }

            await runc.StartAsync(spec.Id);
            if (ending.IsCancellationRequested) Signal(Kill);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (GuestFailedException)
        {
            // What ran once no longer starts; its last exit code stands.
            first!.Signal(Kill);
            await ForgetAsync();
            return false;
        }
    }

    private async Task ForgetAsync()
    {
        try
        {
            await runc.DeleteAsync(spec.Id);
        }
        catch (GuestFailedException)
        {
            // Its processes are gone with its first one; what runc could not remove lies in the guest's memory until the guest ends.
        }
    }
}
