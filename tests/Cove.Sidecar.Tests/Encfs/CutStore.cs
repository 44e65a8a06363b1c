using Cove.Outcomes;
using Cove.Volumes.Stores;

namespace Cove.Sidecar.Tests.Encfs;

/// <summary>An image in memory that takes so many writes and then no more, as when the power is cut; the last one is cut in half.</summary>
internal sealed class CutStore(byte[] image, int writes) : IVolumeStore
{
    private int left = writes;

    public long Length => image.Length;

    public bool IsWritable => true;

    public ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        image.AsSpan((int)offset, buffer.Length).CopyTo(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        var allowed = Interlocked.Decrement(ref left);
        if (allowed < 0) throw new UnavailableException("store", "the power is cut");
        var whole = allowed > 0 ? data.Length : data.Length / 2 / 4096 * 4096;
        data.Span[..whole].CopyTo(image.AsSpan((int)offset));
        return whole == data.Length ? ValueTask.CompletedTask : throw new UnavailableException("store", "the power is cut");
    }

    public ValueTask FlushAsync(CancellationToken cancellation) =>
        Volatile.Read(ref left) >= 0 ? ValueTask.CompletedTask : throw new UnavailableException("store", "the power is cut");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
