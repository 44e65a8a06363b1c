using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cove.Runtime.Shim.Stdio;

/// <summary>Opens named pipes. .NET's own opening would wait for the other side, or want a file that can be sought.</summary>
internal static partial class Fifo
{
    private const int ReadWrite = 0x2, WriteOnly = 0x1, NonBlocking = 0x800, CloseOnExec = 0x80000;
    private const short PollIn = 0x1, PollOut = 0x4;
    private const int Interrupted = 4, TryAgain = 11;

    /// <summary>
    /// Both ends at once, so that opening waits for nobody and the other side may go and come back: nothing is lost in between, and no write fails.
    /// </summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SafeFileHandle Open(string path) => Checked(path, open(path, ReadWrite | NonBlocking | CloseOnExec));

    /// <summary>For writing, where somebody reads now; null where nobody does.</summary>
    public static SafeFileHandle? OpenWithoutWaiting(string path)
    {
        var descriptor = open(path, WriteOnly | NonBlocking | CloseOnExec);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Waits until something can be read (or written); false where the time is over.</summary>
    public static unsafe bool Wait(SafeFileHandle fifo, bool toWrite, int milliseconds)
    {
        var wanted = new PollEntry { Descriptor = (int)fifo.DangerousGetHandle(), Events = toWrite ? PollOut : PollIn };
        var found = poll(&wanted, 1, milliseconds);
        if (found >= 0) return found > 0;
        return Marshal.GetLastPInvokeError() == Interrupted ? false : throw Failed("poll");
    }

    /// <summary>Reads what is there; null where nothing is.</summary>
    public static unsafe int? Read(SafeFileHandle fifo, Span<byte> buffer)
    {
        fixed (byte* at = buffer) return Outcome(read((int)fifo.DangerousGetHandle(), at, (nuint)buffer.Length), "read");
    }

    /// <summary>Writes what has room; null where nothing has.</summary>
    public static unsafe int? Write(SafeFileHandle fifo, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* at = bytes) return Outcome(write((int)fifo.DangerousGetHandle(), at, (nuint)bytes.Length), "write");
    }

    private static int? Outcome(nint result, string doing)
    {
        if (result >= 0) return (int)result;
        return Marshal.GetLastPInvokeError() is Interrupted or TryAgain ? null : throw Failed(doing);
    }

    private static SafeFileHandle Checked(string path, int descriptor) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failed($"open {path}");

    private static IOException Failed(string doing)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"{doing}: {error.Message}", error);
    }

    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Found;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int poll(PollEntry* entries, nuint count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(int descriptor, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint write(int descriptor, byte* buffer, nuint size);
}
