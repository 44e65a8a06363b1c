namespace Cove.Guest.Processes;

/// <summary>A child of this process that <see cref="ProcessTable"/> waits for.</summary>
public sealed class ChildProcess
{
    private readonly ProcessTable table;

    internal ChildProcess(ProcessTable table, int id) => (this.table, Id) = (table, id);

    /// <summary>The process id in this namespace. Another process may have it once this one has ended.</summary>
    public int Id { get; }

    /// <summary>Completes when the process has ended.</summary>
    public Task<ExitStatus> Exit => Ended.Task;

    internal TaskCompletionSource<ExitStatus> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Sends a signal; false where the process has ended already. Never reaches another process of the same number.</summary>
    public bool Signal(int signal) => table.Signal(this, signal);
}
