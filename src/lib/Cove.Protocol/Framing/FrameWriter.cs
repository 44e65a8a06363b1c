using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cove.Outcomes;
using Cove.Protocol.Messages;

namespace Cove.Protocol.Framing;

/// <summary>Writes frames to a stream, each whole, from any number of callers at once.</summary>
internal sealed class FrameWriter(Stream stream) : IDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);

    public void Dispose() => turn.Dispose();

    public async Task WriteJsonAsync<T>(
        FrameKind kind, ushort method, ulong id, T value, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(value, type);
        try
        {
            if (json.Length > ProtocolLimits.MaxJsonBytes)
                throw new MalformedException("message", "length", $"is {json.Length} bytes, at most {ProtocolLimits.MaxJsonBytes} are sent");
            await WriteAsync(new FrameHeader(json.Length, kind, default, method, id), json, cancellation);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(json);
        }
    }

    public Task WriteDataAsync(ulong id, StdioChannel channel, ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        WriteAsync(new FrameHeader(data.Length, FrameKind.Data, channel, 0, id), data, cancellation);

    public Task WriteEndAsync(ulong id, StdioChannel channel, CancellationToken cancellation) =>
        WriteAsync(new FrameHeader(0, FrameKind.End, channel, 0, id), default, cancellation);

    public Task WriteCancelAsync(ulong id, CancellationToken cancellation) =>
        WriteAsync(new FrameHeader(0, FrameKind.Cancel, default, 0, id), default, cancellation);

    public Task WriteBegunAsync(ulong id, CancellationToken cancellation) =>
        WriteAsync(new FrameHeader(0, FrameKind.Begun, default, 0, id), default, cancellation);

    public Task WriteResizeAsync(ulong id, TerminalSize size, CancellationToken cancellation)
    {
        var payload = new byte[FrameHeader.ResizeSize];
        BinaryPrimitives.WriteUInt16LittleEndian(payload, size.Rows);
        BinaryPrimitives.WriteUInt16LittleEndian(payload.AsSpan(2), size.Columns);
        return WriteAsync(new FrameHeader(payload.Length, FrameKind.Resize, default, 0, id), payload, cancellation);
    }

    public Task WriteCreditAsync(ulong id, StdioChannel channel, int bytes, CancellationToken cancellation)
    {
        var payload = new byte[FrameHeader.CreditSize];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, (uint)bytes);
        return WriteAsync(new FrameHeader(payload.Length, FrameKind.Credit, channel, 0, id), payload, cancellation);
    }

    private async Task WriteAsync(FrameHeader header, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        var size = FrameHeader.Size + payload.Length;
        var whole = ArrayPool<byte>.Shared.Rent(size);
        header.Write(whole);
        payload.Span.CopyTo(whole.AsSpan(FrameHeader.Size));
        try
        {
            await turn.WaitAsync(cancellation);
            try
            {
                // Once begun, a frame is written to its end: half a frame would desynchronise every other call of the connection.
                await stream.WriteAsync(whole.AsMemory(0, size), CancellationToken.None);
            }
            finally
            {
                turn.Release();
            }
        }
        finally
        {
            whole.AsSpan(0, size).Clear();
            ArrayPool<byte>.Shared.Return(whole);
        }
    }
}
