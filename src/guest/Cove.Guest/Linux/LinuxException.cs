using System.Runtime.InteropServices;

namespace Cove.Guest.Linux;

/// <summary>The kernel refused a call.</summary>
/// <param name="call">The call and what it was for, e.g. <c>mount overlay on /run/gcs/c/…/rootfs</c>.</param>
/// <param name="error">The errno.</param>
public sealed class LinuxException(string call, int error) : IOException($"{call}: {Marshal.GetPInvokeErrorMessage(error)}")
{
    /// <summary>The errno.</summary>
    public int Error { get; } = error;

    /// <summary>Throws with the errno of the last call, where that failed.</summary>
    internal static int Check(int result, string call) => result >= 0 ? result : throw new LinuxException(call, Marshal.GetLastPInvokeError());
}
