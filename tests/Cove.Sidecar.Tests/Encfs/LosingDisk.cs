using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Volumes.Stores;

namespace Cove.Sidecar.Tests.Encfs;

/// <summary>
/// A disk with a cache that is lost with the power. Of what was written since the last flush any part may be there afterwards, in pieces of 512 bytes, in whatever
/// order it was written. One flush may fail, and then nothing of it was made durable for certain.
/// </summary>
internal sealed class LosingDisk(byte[] durable, int writes, int failingFlush) : IVolumeStore
{
    private const int Piece = 512;
    private readonly Lock gate = new();
    private readonly byte[] seen = [.. durable];
    private readonly List<(int At, byte[] Data)> pending = [];
    private int left = writes;
    private int flushes;
    private bool cut;

    public long Length => durable.Length;

    public bool IsWritable => true;

    public int FailedFlushes { get; private set; }

    /// <summary>The power goes.</summary>
    public void Cut()
    {
        lock (gate)
        {
            if (cut) return;
            cut = true;
            foreach (var (at, data) in pending)
            {
                var kind = RandomNumberGenerator.GetInt32(4);
                for (var piece = 0; piece < data.Length; piece += Piece)
                {
                    // A quarter is lost, a quarter is torn, the rest is there.
                    if (kind == 0 || (kind == 1 && RandomNumberGenerator.GetInt32(2) == 0)) continue;
                    data.AsSpan(piece, Math.Min(Piece, data.Length - piece)).CopyTo(durable.AsSpan(at + piece));
                }
            }
        }
    }

    public ValueTask ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellation)
    {
        lock (gate) seen.AsSpan((int)offset, buffer.Length).CopyTo(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public ValueTask WriteAsync(long offset, ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (cut || --left < 0)
            {
                Cut();
                throw new UnavailableException("disk", "the power is cut");
            }

            data.Span.CopyTo(seen.AsSpan((int)offset));
            pending.Add(((int)offset, data.ToArray()));
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync(CancellationToken cancellation)
    {
        lock (gate)
        {
            if (cut) throw new UnavailableException("disk", "the power is cut");
            if (++flushes == failingFlush)
            {
                FailedFlushes++;
                throw new UnavailableException("disk", "the flush failed");
            }

            foreach (var (at, data) in pending) data.CopyTo(durable, at);
            pending.Clear();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
