using System.Runtime.InteropServices;

namespace Cove.Cli.Output;

/// <summary>
/// A terminal as the device it is. The console of .NET reads lines that it edits and shows itself, and before it writes it has the keys send other
/// codes; neither is for a terminal that belongs to another program for a while. The descriptor stays open.
/// </summary>
/// <param name="descriptor">One of <see cref="TerminalWindow"/>'s.</param>
internal sealed partial class TerminalDevice(int descriptor) : Stream
{
    private const int Interrupted = 4, Again = 11; // EINTR, EAGAIN
    private const short Readable = 1, Writable = 4; // POLLIN, POLLOUT

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        nint count;
        while ((count = read(descriptor, buffer, (nuint)buffer.Length)) < 0) Wait(Readable, "read from the terminal");
        return (int)count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var count = write(descriptor, buffer, (nuint)buffer.Length);
            if (count < 0) Wait(Writable, "write to the terminal");
            else buffer = buffer[(int)count..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Another program may have left the terminal not blocking: then it is waited for here.</summary>
    private unsafe void Wait(short events, string what)
    {
        var error = Marshal.GetLastPInvokeError();
        if (error == Interrupted) return;
        if (error != Again) throw new IOException($"cannot {what}: {Marshal.GetPInvokeErrorMessage(error)}");
        var asked = new Poll { Descriptor = descriptor, Events = events };
        _ = poll(&asked, 1, -1);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int file, Span<byte> buffer, nuint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int file, ReadOnlySpan<byte> buffer, nuint count);

    [LibraryImport("libc")]
    private static unsafe partial int poll(Poll* descriptors, nuint count, int milliseconds);

    private struct Poll
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
