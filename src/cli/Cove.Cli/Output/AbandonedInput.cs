namespace Cove.Cli.Output;

/// <summary>
/// Standard input for a command that may end first. A read of a terminal or a pipe cannot be cancelled, so it is left behind: what it still takes is lost, and
/// nothing waits for it.
/// </summary>
/// <param name="input">Read by nobody else, and closed with this.</param>
internal sealed class AbandonedInput(Stream input) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var own = new byte[buffer.Length];
        return new ValueTask<int>(TakeAsync());

        // Into an array of its own: the caller's may be in use again when the read ends.
        async Task<int> TakeAsync()
        {
            var read = await Task.Run(() => input.Read(own), CancellationToken.None).WaitAsync(cancellationToken);
            own.AsMemory(0, read).CopyTo(buffer);
            return read;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) input.Dispose();
        base.Dispose(disposing);
    }
}
