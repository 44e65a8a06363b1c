using Cove.Outcomes;
using Cove.Protocol.Framing;
using Cove.Protocol.Messages;

namespace Cove.Protocol.Tests.Framing;

public sealed class FrameHeaderTests
{
    private static readonly FrameHeader Request = new(2, FrameKind.Request, default, (ushort)GuestMethod.Ping, 7);
    private static readonly FrameHeader Data = new(100, FrameKind.Data, StdioChannel.Error, 0, 7);

    [Fact]
    public void Reads_what_it_wrote()
    {
        foreach (var header in (FrameHeader[])[Request, Data, new(0, FrameKind.End, StdioChannel.Input, 0, 1), new(4, FrameKind.Credit, StdioChannel.Output, 0, 1), new(0, FrameKind.Begun, default, 0, 1), new(4, FrameKind.Resize, default, 0, 1)])
            Assert.Equal(header, FrameHeader.Parse(Bytes(header)));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 11)]
    public void Refuses_an_unknown_kind(int offset, byte value) => Refuses(Request, offset, value, "kind");

    [Fact]
    public void Refuses_a_length_over_the_limit_of_its_kind()
    {
        Refuses(Data with { Length = ProtocolLimits.MaxDataBytes + 1 }, "length");
        Refuses(Request with { Length = ProtocolLimits.MaxJsonBytes + 1 }, "length");
        Refuses(Request, 3, 0xFF, "length");
        Assert.Equal(ProtocolLimits.MaxDataBytes, FrameHeader.Parse(Bytes(Data with { Length = ProtocolLimits.MaxDataBytes })).Length);
    }

    [Fact]
    public void Refuses_an_empty_payload_where_there_must_be_one()
    {
        Refuses(Data with { Length = 0 }, "length");
        Refuses(Request with { Length = 0 }, "length");
    }

    [Fact]
    public void Refuses_a_field_that_the_kind_does_not_use()
    {
        Refuses(Request with { Channel = StdioChannel.Output }, "channel");
        Refuses(Data with { Method = 1 }, "method");
        Refuses(Request with { Method = 0 }, "method");
        Refuses(Request with { Id = 0 }, "id");
        Refuses(new FrameHeader(2, FrameKind.Notification, default, 1, 1), "id");
    }

    [Fact]
    public void Refuses_a_channel_that_does_not_exist() => Refuses(Data, 5, 3, "channel");

    private static void Refuses(FrameHeader header, string field) =>
        Assert.Equal(field, Assert.Throws<MalformedException>(() => FrameHeader.Parse(Bytes(header))).Field);

    private static void Refuses(FrameHeader header, int offset, byte value, string field)
    {
        var bytes = Bytes(header);
        bytes[offset] = value;
        Assert.Equal(field, Assert.Throws<MalformedException>(() => FrameHeader.Parse(bytes)).Field);
    }

    private static byte[] Bytes(FrameHeader header)
    {
        var bytes = new byte[FrameHeader.Size];
        header.Write(bytes);
        return bytes;
    }
}
