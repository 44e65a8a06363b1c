using System.Buffers;
using Cove.Outcomes;

namespace Cove.Protocol.Framing;

/// <summary>Reads frames from a stream, one at a time.</summary>
internal sealed class FrameReader(Stream stream)
{
    private readonly byte[] header = new byte[FrameHeader.Size];

    /// <summary>The next frame, or null where the stream ended between two frames.</summary>
    /// <exception cref="MalformedException">The frame cannot be one, or the stream ended inside it.</exception>
    public async Task<Frame?> ReadAsync(CancellationToken cancellation)
    {
        var got = await stream.ReadAtLeastAsync(header, FrameHeader.Size, throwOnEndOfStream: false, cancellation);
        if (got == 0) return null;
        if (got < FrameHeader.Size) throw new MalformedException("frame", "header", $"ends after {got} of {FrameHeader.Size} bytes", got);

        var parsed = FrameHeader.Parse(header);
        var payload = ArrayPool<byte>.Shared.Rent(parsed.Length);
        var frame = new Frame(parsed, payload);
        try
        {
            var read = await stream.ReadAtLeastAsync(payload.AsMemory(0, parsed.Length), parsed.Length, throwOnEndOfStream: false, cancellation);
            if (read < parsed.Length) throw new MalformedException("frame", "payload", $"ends after {read} of {parsed.Length} bytes", read);
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }
}
