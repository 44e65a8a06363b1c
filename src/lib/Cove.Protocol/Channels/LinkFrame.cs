using System.Buffers.Binary;
using Cove.Outcomes;

namespace Cove.Protocol.Channels;

internal enum LinkFrameKind : byte
{
    /// <summary>Begins a channel; the id is new and of the opener's parity.</summary>
    Open = 1,

    /// <summary>Bytes of a channel.</summary>
    Data = 2,

    /// <summary>The receiver took this many bytes (u32).</summary>
    Credit = 3,

    /// <summary>The sender sends nothing more on the channel.</summary>
    End = 4,

    /// <summary>The channel is over both ways: what is under way on it is dropped.</summary>
    Close = 5,

    /// <summary>Host to guest: listen on this port of the guest's localhost, and open a channel for each connection.</summary>
    Announce = 6,

    /// <summary>The sender lost step: every channel is over, and the next thing is a greeting.</summary>
    Reset = 7,

    /// <summary>Host to guest: end the group and power off.</summary>
    Shutdown = 8,
}

/// <summary>
/// The 12 bytes before every payload, little endian: u32 length, u8 kind, u8 service, u16 port, u32 channel. A field that a kind does not use is zero.
/// </summary>
internal readonly record struct LinkFrame(int Length, LinkFrameKind Kind, ChannelTarget Target, uint Channel)
{
    public const int Size = 12;
    public const int CreditSize = sizeof(uint);

    public static LinkFrame Parse(ReadOnlySpan<byte> bytes)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var kind = (LinkFrameKind)bytes[4];
        var target = new ChannelTarget((ChannelService)bytes[5], BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]));
        var channel = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        var (least, most) = kind switch
        {
            LinkFrameKind.Data => (1, ChannelLimits.MaxFrameBytes),
            LinkFrameKind.Credit => (CreditSize, CreditSize),
            LinkFrameKind.Open or LinkFrameKind.End or LinkFrameKind.Close or LinkFrameKind.Announce or LinkFrameKind.Reset or LinkFrameKind.Shutdown => (0, 0),
            _ => throw Wrong("kind", $"is {bytes[4]}, which this version does not know", 4),
        };
        if (length < least || length > most) throw Wrong("length", $"is {length}, a {kind} frame has {least} to {most} bytes", 0);
        if (kind is LinkFrameKind.Open or LinkFrameKind.Announce ? !target.IsWellFormed : target != default) throw Wrong("target", $"does not fit a {kind} frame", 5);
        var global = kind is LinkFrameKind.Announce or LinkFrameKind.Reset or LinkFrameKind.Shutdown;
        if (global != (channel == 0)) throw Wrong("channel", $"is {channel} in a {kind} frame", 8);
        return new LinkFrame((int)length, kind, target, channel);
    }

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)Length);
        bytes[4] = (byte)Kind;
        bytes[5] = (byte)Target.Service;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], Target.Port);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Channel);
    }

    private static MalformedException Wrong(string field, string problem, long offset) => new("link frame", field, problem, offset);
}
