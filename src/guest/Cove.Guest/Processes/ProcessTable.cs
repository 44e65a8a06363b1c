using System.Runtime.InteropServices;
using Cove.Guest.Linux;

namespace Cove.Guest.Processes;

/// <summary>
/// Starts processes and reaps them and, as the first process of a PID namespace must, every orphan. One thread waits for all; nothing else
/// in the process may wait for children (so <see cref="System.Diagnostics.Process"/> is not used beside it).
/// </summary>
public sealed class ProcessTable : IDisposable
{
    /// <summary>Larger than any libc's spawn attributes, file actions and signal sets (glibc: 336, 80, 128 bytes).</summary>
    private const int OpaqueSize = 1024;

    private const short SetSignalDefaults = 4;
    private const short SetSignalMask = 8;

    private readonly Lock gate = new();
    private readonly Dictionary<int, ChildProcess> children = [];
    private readonly SemaphoreSlim spawned = new(0);
    private volatile bool disposed;

    /// <summary>Begins to reap.</summary>
    public ProcessTable() => new Thread(Reap) { IsBackground = true, Name = "reaper" }.Start();

    /// <summary>Starts a process. Descriptors other than the three given are not passed on, nor are ignored or blocked signals.</summary>
    /// <param name="arguments">The argv; the first is looked up on PATH unless it is a path.</param>
    /// <param name="environment"><c>NAME=VALUE</c>, the whole environment.</param>
    /// <param name="stdio">Descriptors that become 0, 1 and 2; they stay the caller's to close.</param>
    /// <param name="workingDirectory">Null takes this process's own.</param>
    /// <exception cref="LinuxException">There is no such program or folder, or no process could be made.</exception>
    public ChildProcess Start(
        IReadOnlyList<string> arguments, IReadOnlyList<string> environment, StdioDescriptors stdio, string? workingDirectory = null)
    {
        lock (gate)
        {
            // Under the lock, so that the reaper cannot meet a child that is not yet listed.
            var child = new ChildProcess(this, Spawn(arguments, environment, stdio, workingDirectory));
            children.Add(child.Id, child);
            spawned.Release();
            return child;
        }
    }

    /// <summary>Takes over an orphan that will become this process's child, such as the first process of a container.</summary>
    /// <param name="id">Its process id. It must still run, or wait to be reaped by this table.</param>
    /// <exception cref="LinuxException">It has ended and was reaped before anybody asked for it.</exception>
    public ChildProcess Adopt(int id)
    {
        lock (gate)
        {
            LinuxException.Check(Libc.Kill(id, 0), $"adopt process {id}");
            var child = new ChildProcess(this, id);
            children.Add(id, child);
            spawned.Release();
            return child;
        }
    }

    /// <summary>Reaps nobody from now on: a child that ends later is its next waiter's.</summary>
    public void Dispose()
    {
        lock (gate) disposed = true;
        spawned.Release();
    }

    internal bool Signal(ChildProcess child, int signal)
    {
        lock (gate)
        {
            if (!children.TryGetValue(child.Id, out var listed) || listed != child) return false;
            if (Libc.Kill(child.Id, signal) == 0) return true;
            var error = Marshal.GetLastPInvokeError();
            return error == Libc.ErrorNoProcess ? false : throw new LinuxException($"signal {signal} to process {child.Id}", error);
        }
    }

    /// <summary>Sends a signal to a child of a child. False where either has ended.</summary>
    /// <param name="parent">The child of this process.</param>
    /// <param name="process">The id its child had.</param>
    /// <param name="signal">Linux signal number.</param>
    public bool SignalGrandchild(ChildProcess parent, int process, int signal)
    {
        lock (gate)
        {
            // While the parent is listed its number is its own, so a process that names it as parent is truly its child; and the
            // descriptor, opened before that is looked at, can mean no later process.
            if (!children.TryGetValue(parent.Id, out var listed) || listed != parent) return false;
            var descriptor = Libc.OpenProcess(process);
            if (descriptor < 0) return false;
            using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(descriptor, ownsHandle: true);
            return ParentOf(process) == parent.Id && Libc.SignalProcess(descriptor, signal) == 0;
        }
    }

    private static int? ParentOf(int process)
    {
        try
        {
            // The name may hold anything, so the fields are counted from its closing parenthesis: state, then parent.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Reap()
    {
        while (!disposed)
        {
            // Leaves the zombie in place, so that its number stays its own until the table has let go of it.
            var process = Libc.WaitAny(out var failed);
            if (process > 0)
            {
                lock (gate)
                {
                    if (disposed) return;
                    if (Libc.Wait(process, out var status, options: 0) != process) continue;
                    if (children.Remove(process, out var child)) child.Ended.TrySetResult(new ExitStatus(status));
                }
            }
            else if (failed == Libc.ErrorNoChild)
            {
                spawned.Wait();
            }
        }
    }

    private static unsafe int Spawn(
        IReadOnlyList<string> arguments, IReadOnlyList<string> environment, StdioDescriptors stdio, string? workingDirectory)
    {
        var actions = NativeMemory.AllocZeroed(OpaqueSize);
        var attributes = NativeMemory.AllocZeroed(OpaqueSize);
        var signals = NativeMemory.AllocZeroed(OpaqueSize);
        using var argv = new NativeStrings(arguments);
        using var envp = new NativeStrings(environment);
        try
        {
            Check(Libc.InitFileActions(actions));
            Check(Libc.AddDuplicate(actions, stdio.Input, 0));
            Check(Libc.AddDuplicate(actions, stdio.Output, 1));
            Check(Libc.AddDuplicate(actions, stdio.Error, 2));
            if (workingDirectory is not null) Check(Libc.AddChangeDirectory(actions, workingDirectory));
            Check(Libc.InitAttributes(attributes));
            Check(Libc.SetFlags(attributes, SetSignalDefaults | SetSignalMask));

            // .NET ignores SIGPIPE, and what is ignored stays ignored across exec.
            Check(Libc.FillSignals(signals));
            Check(Libc.SetDefaultSignals(attributes, signals));
            Check(Libc.EmptySignals(signals));
            Check(Libc.SetSignalMask(attributes, signals));
            Check(Libc.Spawn(out var process, arguments[0], actions, attributes, argv.Pointer, envp.Pointer));
            return process;
        }
        finally
        {
            _ = Libc.DestroyFileActions(actions);
            _ = Libc.DestroyAttributes(attributes);
            NativeMemory.Free(actions);
            NativeMemory.Free(attributes);
            NativeMemory.Free(signals);
        }

        void Check(int error)
        {
            if (error != 0) throw new LinuxException($"start {arguments[0]}", error);
        }
    }
}
