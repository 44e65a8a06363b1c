using System.Buffers.Binary;
using Cove.Outcomes;
using Cove.Protocol.Messages;

namespace Cove.Protocol.Framing;

/// <summary>
/// The 16 bytes before every payload, little endian: u32 payload length, u8 kind, u8 channel, u16 method, u64 call id. A field that a kind
/// does not use is zero, so that two readers can never differ on what a frame means.
/// </summary>
internal readonly record struct FrameHeader(int Length, FrameKind Kind, StdioChannel Channel, ushort Method, ulong Id)
{
    public const int Size = 16;

    public const int CreditSize = sizeof(uint);

    /// <summary>Payload of a <see cref="FrameKind.Resize"/> frame.</summary>
    public const int ResizeSize = 2 * sizeof(ushort);

    /// <summary>Reads a header and holds it to the limits of its kind.</summary>
    /// <exception cref="MalformedException">An unknown kind, a length over the kind's limit, or a field set that the kind does not use.</exception>
    public static FrameHeader Parse(ReadOnlySpan<byte> bytes)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var kind = (FrameKind)bytes[4];
        var channel = bytes[5];
        var method = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        var id = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);

        var (least, most) = kind switch
        {
            FrameKind.Request or FrameKind.Response or FrameKind.Error or FrameKind.Notification => (2, ProtocolLimits.MaxJsonBytes),
            FrameKind.Data => (1, ProtocolLimits.MaxDataBytes),
            FrameKind.Credit => (CreditSize, CreditSize),
            FrameKind.Resize => (ResizeSize, ResizeSize),
            FrameKind.End or FrameKind.Cancel or FrameKind.Begun => (0, 0),
            _ => throw Wrong("kind", $"is {bytes[4]}, which this version does not know", 4),
        };
        if (length < least || length > most) throw Wrong("length", $"is {length}, a {kind} frame has {least} to {most} bytes", 0);

        var streams = kind is FrameKind.Data or FrameKind.Credit or FrameKind.End;
        if (channel > (byte)StdioChannel.Error || (!streams && channel != 0)) throw Wrong("channel", $"is {channel} in a {kind} frame", 5);
        if ((kind is FrameKind.Request or FrameKind.Notification) != (method != 0)) throw Wrong("method", $"is {method} in a {kind} frame", 6);
        if ((kind == FrameKind.Notification) != (id == 0)) throw Wrong("id", $"is {id} in a {kind} frame", 8);
        return new FrameHeader((int)length, kind, (StdioChannel)channel, method, id);
    }

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)Length);
        bytes[4] = (byte)Kind;
        bytes[5] = (byte)Channel;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], Method);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], Id);
    }

    /// <summary>Reads the payload of a <see cref="FrameKind.Resize"/> frame.</summary>
    public static TerminalSize ReadSize(ReadOnlySpan<byte> payload) =>
        new(BinaryPrimitives.ReadUInt16LittleEndian(payload), BinaryPrimitives.ReadUInt16LittleEndian(payload[2..]));

    private static MalformedException Wrong(string field, string problem, long offset) => new("frame", field, problem, offset);
}
