using System.Text;
using Cove.Sidecar.Grpc;

namespace Cove.Sidecar.Tests.Grpc;

public sealed class ProtoMessageTests
{
    [Fact]
    public void Strings_are_numbered_from_one_and_empty_ones_left_out()
    {
        var message = ProtoMessage.Of("a", "", "bc");

        Assert.Equal([0x0A, 1, (byte)'a', 0x1A, 2, (byte)'b', (byte)'c'], message);
        Assert.Equal("bc", Encoding.UTF8.GetString(ProtoMessage.Field(message, 3)));
        Assert.True(ProtoMessage.Field(message, 2).IsEmpty);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(300)]
    [InlineData(70_000)]
    public void Bytes_of_any_length_come_back(int length)
    {
        var bytes = System.Security.Cryptography.RandomNumberGenerator.GetBytes(length);
        Assert.Equal(bytes, ProtoMessage.Field(ProtoMessage.Of(bytes), 1));
    }

    [Fact]
    public void Unknown_fields_of_every_kind_are_skipped_and_the_last_of_two_counts()
    {
        byte[] message =
        [
            0x10, 0x96, 0x01, // 2: varint
            0x19, 1, 2, 3, 4, 5, 6, 7, 8, // 3: 64 bits
            0x0A, 1, (byte)'x',
            0x25, 1, 2, 3, 4, // 4: 32 bits
            0x2A, 1, (byte)'z', // 5: bytes
            0x0A, 1, (byte)'y',
        ];
        Assert.Equal("y"u8, ProtoMessage.Field(message, 1));
    }

    [Theory]
    [InlineData(0x0A)]
    [InlineData(0x0A, 5, 1)]
    [InlineData(0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01)]
    [InlineData(0x0A, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01)]
    [InlineData(0x0B, 0)]
    [InlineData(0x02, 0)]
    [InlineData(0x09, 1, 2)]
    [InlineData(0x80)]
    public void Bytes_that_are_no_message_are_refused(params int[] bytes) =>
        Assert.Equal(GrpcStatus.Internal, Assert.Throws<GrpcException>(() => ProtoMessage.Field([.. bytes.Select(b => (byte)b)], 1)).Status);
}
