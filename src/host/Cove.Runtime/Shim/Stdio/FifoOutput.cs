using Microsoft.Win32.SafeHandles;

namespace Cove.Runtime.Shim.Stdio;

/// <summary>
/// Writes to a FIFO. A slow reader is waited for; one that is away keeps the writer waiting until it is back, or until <see cref="GiveUp"/>
/// says that the process is over and there is nobody to wait for.
/// </summary>
internal sealed class FifoOutput : Stream
{
    private const int PollMilliseconds = 250;

    private readonly SafeFileHandle fifo;
    private volatile bool givenUp;

    private FifoOutput(SafeFileHandle fifo) => this.fifo = fifo;

    /// <summary>Null for an empty path: the output goes nowhere.</summary>
    public static FifoOutput? Open(string path) => path.Length == 0 ? null : new FifoOutput(Fifo.Open(path));

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>From now on what has no room is dropped.</summary>
    public void GiveUp() => givenUp = true;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (Fifo.Write(fifo, buffer) is { } written) buffer = buffer[written..];
            else if (givenUp) return;
            else Fifo.Wait(fifo, toWrite: true, PollMilliseconds);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>The usual case, room for all of it, is done at once; waiting gets a thread of its own, as a reader may be away for long.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var written = Fifo.Write(fifo, buffer.Span) ?? 0;
        if (written == buffer.Length) return ValueTask.CompletedTask;
        var rest = buffer[written..];
        return new ValueTask(Task.Factory.StartNew(() => Write(rest.Span), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        givenUp = true;
        if (disposing) fifo.Dispose();
        base.Dispose(disposing);
    }
}
