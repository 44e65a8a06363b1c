using System.Buffers;
using Cove.Outcomes;

namespace Cove.Images.Tar;

/// <summary>The archive's bytes, front to back, with their offset. Long reads bypass the buffer.</summary>
internal sealed class TarInput(Stream stream) : IDisposable
{
    private const int BufferSize = 128 << 10;

    private readonly byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int start;
    private int end;

    /// <summary>Bytes consumed so far.</summary>
    public long Offset { get; private set; }

    /// <summary>Reads at least one byte, or 0 at the end.</summary>
    public int Read(Span<byte> into)
    {
        if (into.IsEmpty) return 0;
        int count;
        if (start == end && into.Length >= BufferSize)
        {
            count = stream.Read(into);
        }
        else
        {
            if (start == end) (start, end) = (0, stream.Read(buffer, 0, BufferSize));
            count = Math.Min(into.Length, end - start);
            buffer.AsSpan(start, count).CopyTo(into);
            start += count;
        }

        Offset += count;
        return count;
    }

    /// <summary>Fills the block; false when the archive ends right here.</summary>
    /// <exception cref="MalformedException">The archive ends inside the block.</exception>
    public bool TryReadBlock(Span<byte> block)
    {
        var filled = ReadUpTo(block);
        if (filled == 0) return false;
        return filled == block.Length ? true : throw Truncated("header");
    }

    /// <exception cref="MalformedException">The archive ends before that.</exception>
    public void ReadExactly(Span<byte> into, string field)
    {
        if (ReadUpTo(into) != into.Length) throw Truncated(field);
    }

    /// <summary>Passes over bytes; returns how many there were.</summary>
    public long Skip(long count)
    {
        var left = count;
        while (left > 0)
        {
            if (start == end && left >= BufferSize && stream.CanSeek)
            {
                var there = Math.Min(left, Math.Max(0, stream.Length - stream.Position));
                stream.Seek(there, SeekOrigin.Current);
                Offset += there;
                left -= there;
                break;
            }

            if (start == end) (start, end) = (0, stream.Read(buffer, 0, BufferSize));
            if (start == end) break;
            var taken = (int)Math.Min(left, end - start);
            start += taken;
            Offset += taken;
            left -= taken;
        }

        return count - left;
    }

    /// <summary>Reads whatever is left, so that a digest over the stream covers all of it.</summary>
    public void Drain(CancellationToken cancellation)
    {
        start = end;
        while (stream.Read(buffer, 0, BufferSize) is > 0 and var count)
        {
            cancellation.ThrowIfCancellationRequested();
            Offset += count;
        }
    }

    public MalformedException Truncated(string field) => new("tar", field, "is cut short: the archive ends here", Offset);

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    private int ReadUpTo(Span<byte> into)
    {
        var filled = 0;
        while (filled < into.Length)
        {
            var count = Read(into[filled..]);
            if (count == 0) break;
            filled += count;
        }

        return filled;
    }
}
