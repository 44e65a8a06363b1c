using Cove.Protocol.Framing;
using Cove.Protocol.Messages;

namespace Cove.Protocol.Streams;

/// <summary>Sends one channel of one call, never more than the receiver granted. One writer at a time.</summary>
internal sealed class StreamSender(FrameWriter writer, ulong id, StdioChannel channel)
{
    private readonly SendCredit credit = new(ProtocolLimits.StreamWindow);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            var part = bytes[..await credit.TakeAsync(Math.Min(bytes.Length, ProtocolLimits.MaxDataBytes), cancellation)];
            await writer.WriteDataAsync(id, channel, part, cancellation);
            bytes = bytes[part.Length..];
        }
    }

    public Task EndAsync(CancellationToken cancellation) => writer.WriteEndAsync(id, channel, cancellation);

    /// <summary>The receiver took bytes. False where it claims to have taken more than were sent.</summary>
    public bool Grant(uint bytes) => credit.Grant(bytes);
}
