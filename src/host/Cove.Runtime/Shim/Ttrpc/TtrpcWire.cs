using System.Buffers;
using System.Buffers.Binary;
using Cove.Outcomes;

namespace Cove.Runtime.Shim.Ttrpc;

/// <summary>Reads and writes frames. One reader; any number of writers, one frame at a time.</summary>
internal sealed class TtrpcWire(Stream stream) : IAsyncDisposable
{
    private const int DrainSize = 64 * 1024;

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly byte[] header = new byte[TtrpcFrame.HeaderSize];

    /// <summary>The next frame; null where the other side has closed between two.</summary>
    /// <exception cref="MalformedException">It ends within a frame, or is of no kind that is known.</exception>
    public async Task<TtrpcFrame?> ReadAsync(CancellationToken cancellation)
    {
        var got = await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellation);
        if (got == 0) return null;
        if (got < header.Length) throw Short("header", got, header.Length);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header);
        var id = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
        var (kind, flags) = ((TtrpcKind)header[8], header[9]);
        if (!Enum.IsDefined(kind)) throw new MalformedException("ttrpc frame", "type", $"is {header[8]}", 8);
        if (length > TtrpcLimits.MaxData)
        {
            await DrainAsync(length, cancellation);
            return new TtrpcFrame(id, kind, flags, null);
        }

        var data = new byte[length];
        var read = await stream.ReadAtLeastAsync(data, data.Length, throwOnEndOfStream: false, cancellation);
        if (read < data.Length) throw Short("data", read, data.Length);
        return new TtrpcFrame(id, kind, flags, data);
    }

    /// <summary>Writes a whole frame, whatever happens to the call it belongs to: half a one would end every other call.</summary>
    public async Task WriteAsync(uint id, TtrpcKind kind, ReadOnlyMemory<byte> data)
    {
        if (data.Length > TtrpcLimits.MaxData) throw new TtrpcException(TtrpcCode.ResourceExhausted, $"a message of {data.Length} bytes, at most {TtrpcLimits.MaxData} are sent");
        var size = TtrpcFrame.HeaderSize + data.Length;
        var whole = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            BinaryPrimitives.WriteUInt32BigEndian(whole, (uint)data.Length);
            BinaryPrimitives.WriteUInt32BigEndian(whole.AsSpan(4), id);
            (whole[8], whole[9]) = ((byte)kind, 0);
            data.Span.CopyTo(whole.AsSpan(TtrpcFrame.HeaderSize));
            await turn.WaitAsync();
            try
            {
                await stream.WriteAsync(whole.AsMemory(0, size));
            }
            finally
            {
                turn.Release();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole, clearArray: true);
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async Task DrainAsync(uint length, CancellationToken cancellation)
    {
        var buffer = new byte[DrainSize];
        for (long left = length; left > 0;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellation);
            if (read == 0) throw Short("data", length - left, length);
            left -= read;
        }
    }

    private static MalformedException Short(string field, long got, long whole) => new("ttrpc frame", field, $"ends after {got} of {whole} bytes", got);
}
