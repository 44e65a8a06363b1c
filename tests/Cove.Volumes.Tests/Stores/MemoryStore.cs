using System.Collections.Concurrent;
using Cove.Outcomes;
using Cove.Volumes.Stores;

namespace Cove.Volumes.Tests.Stores;

/// <summary>A store in memory that says what was asked of it, and fails when told to.</summary>
internal sealed class MemoryStore(byte[] content) : IVolumeStore
{
    public ConcurrentQueue<(long At, int Length)> Reads { get; } = new();

    public ConcurrentQueue<(long At, int Length)> Writes { get; } = new();

    public int Flushes { get; private set; }

    public bool IsAway { get; set; }

    public byte[] Content => content;

    public long Length => content.Length;

    public bool IsWritable { get; init; } = true;

    /// <summary>Whether a read is done when it returns, as that of a file is.</summary>
    public bool AnswersAtOnce { get; init; }

    public async ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        if (!AnswersAtOnce) await Task.Yield();
        if (IsAway) throw new UnavailableException("store", "it is away");
        Reads.Enqueue((offset, buffer.Length));
        content.AsSpan((int)offset, buffer.Length).CopyTo(buffer.Span);
    }

    public async ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        await Task.Yield();
        if (IsAway) throw new UnavailableException("store", "it is away");
        Writes.Enqueue((offset, data.Length));
        data.Span.CopyTo(content.AsSpan((int)offset));
    }

    public ValueTask FlushAsync(CancellationToken cancellation)
    {
        Flushes++;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
