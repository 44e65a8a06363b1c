using System.IO.Pipelines;
using Cove.Protocol.Framing;
using Cove.Protocol.Messages;

namespace Cove.Protocol.Streams;

/// <summary>Holds what arrived on one channel of one call until it is taken; at most <see cref="ProtocolLimits.StreamWindow"/> bytes.</summary>
internal sealed class StreamReceiver(FrameWriter writer, ulong id, StdioChannel channel)
{
    // The window bounds the pipe, so it never makes its writer (the connection's read loop) wait.
    private readonly Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0, resumeWriterThreshold: 0, useSynchronizationContext: false));
    private long held;
    private bool ended;

    /// <summary>Bytes arrived. False where they exceed what was granted or follow the end.</summary>
    public bool Accept(ReadOnlySpan<byte> bytes)
    {
        if (ended || Interlocked.Add(ref held, bytes.Length) > ProtocolLimits.StreamWindow) return false;
        bytes.CopyTo(pipe.Writer.GetSpan(bytes.Length));
        pipe.Writer.Advance(bytes.Length);
        var flush = pipe.Writer.FlushAsync(CancellationToken.None);
        return flush.IsCompleted;
    }

    /// <summary>No more bytes arrive. False where that was said before.</summary>
    public bool Complete()
    {
        if (ended) return false;
        ended = true;
        pipe.Writer.Complete();
        return true;
    }

    /// <summary>Copies everything to its end, granting the sender more as bytes are taken. A null destination discards.</summary>
    public async Task CopyToAsync(Stream? destination, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await pipe.Reader.ReadAsync(cancellation);
            var count = (int)read.Buffer.Length;
            if (destination is not null && count > 0)
            {
                foreach (var part in read.Buffer) await destination.WriteAsync(part, cancellation);
                await destination.FlushAsync(cancellation);
            }

            pipe.Reader.AdvanceTo(read.Buffer.End);
            if (count > 0)
            {
                Interlocked.Add(ref held, -count);
                await GrantAsync(count, cancellation);
            }

            if (!read.IsCompleted) continue;
            await pipe.Reader.CompleteAsync();
            return;
        }
    }

    private async Task GrantAsync(int count, CancellationToken cancellation)
    {
        try
        {
            await writer.WriteCreditAsync(id, channel, count, cancellation);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // The connection ended: its reader reports that, and what has arrived is still delivered.
        }
    }
}
