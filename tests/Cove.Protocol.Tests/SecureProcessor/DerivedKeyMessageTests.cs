using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;

namespace Cove.Protocol.Tests.SecureProcessor;

public sealed class DerivedKeyMessageTests
{
    private static readonly DerivedKeyRequest Request = new(GuestFields.Measurement | GuestFields.TcbVersion, 0xDB18000000000004, guestSvn: 7, vmpl: 2);

    [Fact]
    public void A_request_lies_in_memory_as_the_firmware_wants_it()
    {
        var message = Request.Encode();

        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 7, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0x18, 0xDB], message);
        var parsed = DerivedKeyRequest.Parse(message);
        Assert.Equal((Request.Fields, Request.TcbVersion, 7u, 2u), (parsed.Fields, parsed.TcbVersion, parsed.GuestSvn, parsed.Vmpl));
    }

    [Theory]
    [InlineData(0, "ROOT_KEY_SELECT")]
    [InlineData(4, "reserved bytes")]
    [InlineData(8, "GUEST_FIELD_SELECT")]
    [InlineData(15, "GUEST_FIELD_SELECT")]
    [InlineData(16, "VMPL")]
    public void Refuses_a_request_with_a_bit_that_means_nothing_here(int offset, string field)
    {
        var message = Request.Encode();
        message[offset] |= 0x40;
        Assert.Equal(field, Assert.Throws<MalformedException>(() => DerivedKeyRequest.Parse(message)).Field);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    public void Refuses_a_request_of_another_size(int size) => Assert.Equal("message", Assert.Throws<MalformedException>(() => DerivedKeyRequest.Parse(new byte[size])).Field);

    [Fact]
    public void A_response_holds_the_key_at_byte_32()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        using var response = DerivedKeyResponse.Of(key);

        var message = response.Encode();

        Assert.Equal([.. new byte[32], .. key], message);
        using var parsed = DerivedKeyResponse.Parse(message);
        Assert.Equal(key, parsed.Key.ToArray());
    }

    [Fact]
    public void A_failure_holds_no_key()
    {
        var message = DerivedKeyResponse.Failed(0x16).Encode();
        Assert.Equal([0x16, .. new byte[63]], message);
        using var parsed = DerivedKeyResponse.Parse(message);
        Assert.Equal(0x16u, parsed.Status);
        Assert.True(parsed.Key.IsEmpty);
        message[63] = 1;
        Assert.Equal("DERIVED_KEY", Assert.Throws<MalformedException>(() => DerivedKeyResponse.Parse(message)).Field);
    }

    [Fact]
    public void Refuses_an_answer_of_another_size_with_reserved_bytes_or_without_a_key()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        Assert.Equal("DERIVED_KEY", Assert.Throws<MalformedException>(() => DerivedKeyResponse.Parse(new byte[64])).Field);
        Assert.Equal("reserved bytes", Assert.Throws<MalformedException>(() => DerivedKeyResponse.Parse([0, 0, 0, 0, 1, .. new byte[27], .. key])).Field);
        Assert.Equal("message", Assert.Throws<MalformedException>(() => DerivedKeyResponse.Parse([.. new byte[31], .. key])).Field);
        Assert.Equal("DERIVED_KEY", Assert.Throws<MalformedException>(() => DerivedKeyResponse.Of(key.AsSpan(1))).Field);
    }

    [Fact]
    public void Disposing_zeroes_the_key()
    {
        var response = DerivedKeyResponse.Of(RandomNumberGenerator.GetBytes(32));
        response.Dispose();
        Assert.Equal(new byte[32], response.Key.ToArray());
    }
}
