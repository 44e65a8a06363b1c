using System.IO.Pipelines;
using Cove.Protocol.Streams;

namespace Cove.Protocol.Channels;

/// <summary>One channel of a link, as a stream. One reader and one writer at a time; disposing it closes the channel both ways.</summary>
public sealed class ChannelStream : Stream
{
    private readonly ChannelLink link;
    private readonly Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false));
    private readonly SendCredit credit = new(ChannelLimits.Window);
    private readonly Lock gate = new();
    private long held;
    private bool ended;
    private bool closed;
    private int disposed;

    internal ChannelStream(ChannelLink link, uint id, ChannelTarget target) => (this.link, Id, Target) = (link, id, target);

    /// <summary>Where it leads.</summary>
    public ChannelTarget Target { get; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    internal uint Id { get; }

    /// <summary>Says that nothing more will be written; reading goes on.</summary>
    public Task CompleteWritingAsync(CancellationToken cancellation = default) => link.SendAsync(LinkFrameKind.End, Id, default, cancellation);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await pipe.Reader.ReadAsync(cancellationToken);
        var part = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, buffer.Length));
        var count = (int)part.Length;
        var at = 0;
        foreach (var piece in part)
        {
            piece.CopyTo(buffer[at..]);
            at += piece.Length;
        }

        pipe.Reader.AdvanceTo(part.End);
        if (count == 0) return 0;
        Interlocked.Add(ref held, -count);
        await link.GrantAsync(Id, count, cancellationToken);
        return count;
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var part = buffer[..await credit.TakeAsync(Math.Min(buffer.Length, ChannelLimits.MaxFrameBytes), cancellationToken)];
            await link.SendAsync(LinkFrameKind.Data, Id, part, cancellationToken);
            buffer = buffer[part.Length..];
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0) await link.CloseAsync(this);
        await base.DisposeAsync();
    }

    /// <summary>Bytes arrived. False where they exceed what was granted or follow the end.</summary>
    internal bool Accept(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            if (closed) return true;
            if (ended || Interlocked.Add(ref held, bytes.Length) > ChannelLimits.Window) return false;
            bytes.CopyTo(pipe.Writer.GetSpan(bytes.Length));
            pipe.Writer.Advance(bytes.Length);
            var flush = pipe.Writer.FlushAsync(CancellationToken.None);
            return flush.IsCompleted;
        }
    }

    /// <summary>The other side sends nothing more. False where it said so before.</summary>
    internal bool End()
    {
        lock (gate)
        {
            if (closed) return true;
            if (ended) return false;
            ended = true;
            pipe.Writer.Complete();
            return true;
        }
    }

    /// <summary>The other side took bytes. False where it claims to have taken more than were sent.</summary>
    internal bool Grant(uint bytes) => credit.Grant(bytes);

    /// <summary>The channel is over: reads that wait end, writes fail.</summary>
    internal void Abandon()
    {
        lock (gate)
        {
            if (closed) return;
            closed = true;
            if (!ended) pipe.Writer.Complete();
        }

        credit.Close();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref disposed, 1) == 0) link.CloseAsync(this).GetAwaiter().GetResult();
        base.Dispose(disposing);
    }
}
