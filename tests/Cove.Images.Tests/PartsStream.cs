namespace Cove.Tests;

/// <summary>A long stream made of parts, each repeated; nothing of it is held in memory. It cannot seek.</summary>
internal sealed class PartsStream(params (ReadOnlyMemory<byte> Bytes, long Times)[] parts) : Stream
{
    private int part;
    private long round;
    private int at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var filled = 0;
        while (filled < buffer.Length && part < parts.Length)
        {
            var (bytes, times) = parts[part];
            if (round == times || bytes.Length == 0)
            {
                (part, round) = (part + 1, 0);
                continue;
            }

            var count = Math.Min(buffer.Length - filled, bytes.Length - at);
            bytes.Span.Slice(at, count).CopyTo(buffer[filled..]);
            filled += count;
            at += count;
            if (at == bytes.Length) (at, round) = (0, round + 1);
        }

        return filled;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
