namespace Cove.Runtime.Shim.Messages;

/// <summary>Where a process is in its life, in containerd's numbers.</summary>
internal enum ProcessStatus
{
    Unknown = 0,
    Created = 1,
    Running = 2,
    Stopped = 3,
    Paused = 4,
}
