using Microsoft.Win32.SafeHandles;

namespace Cove.Runtime.Shim.Stdio;

/// <summary>
/// Reads from a FIFO until <see cref="End"/>: that its writer went away means nothing, as it may come back (kata-and-containerd §4.4). What
/// was written before the end is still read.
/// </summary>
internal sealed class FifoInput : Stream
{
    private const int PollMilliseconds = 100;

    private readonly SafeFileHandle fifo;
    private volatile bool ended;

    private FifoInput(SafeFileHandle fifo) => this.fifo = fifo;

    /// <summary>Null for an empty path: there is no input.</summary>
    public static FifoInput? Open(string path) => path.Length == 0 ? null : new FifoInput(Fifo.Open(path));

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Nothing more will be written.</summary>
    public void End() => ended = true;

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            var over = ended;
            if (fifo.IsClosed) return 0;
            if (Fifo.Read(fifo, buffer) is { } read) return read;
            if (over) return 0;
            Fifo.Wait(fifo, toWrite: false, PollMilliseconds);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Fifo.Read(fifo, buffer.Span) is { } read) return ValueTask.FromResult(read);
        var reading = Task.Factory.StartNew(() => Read(buffer.Span), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return new ValueTask<int>(WaitAsync(reading, cancellationToken));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // Whoever gives up reading has no more use for this stream: the thread must not read on into a buffer that is used again.
    private async Task<int> WaitAsync(Task<int> reading, CancellationToken cancellation)
    {
        await using var given = cancellation.Register(End);
        return await reading;
    }

    protected override void Dispose(bool disposing)
    {
        ended = true;
        if (disposing) fifo.Dispose();
        base.Dispose(disposing);
    }
}
