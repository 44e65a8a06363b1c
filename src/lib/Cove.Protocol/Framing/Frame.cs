using System.Buffers;

namespace Cove.Protocol.Framing;

/// <summary>A frame that was read whole. Its pooled payload is cleared when disposed: it may have held secrets.</summary>
internal sealed class Frame(FrameHeader header, byte[] rented) : IDisposable
{
    private byte[]? rented = rented;

    public FrameHeader Header { get; } = header;

    public ReadOnlyMemory<byte> Payload =>
        (rented ?? throw new ObjectDisposedException(nameof(Frame))).AsMemory(0, Header.Length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref rented, null) is not { } bytes) return;
        bytes.AsSpan(0, Header.Length).Clear();
        ArrayPool<byte>.Shared.Return(bytes);
    }
}
