using Cove.Formats.Cbor;
using Cove.Outcomes;

namespace Cove.Formats.Tests.Cbor;

public sealed class CborValueTests
{
    // RFC 8949 appendix A, as far as the types are read here.
    [Theory]
    [InlineData("00")]
    [InlineData("17")]
    [InlineData("1818")]
    [InlineData("1903e8")]
    [InlineData("1a000f4240")]
    [InlineData("1b000000e8d4a51000")]
    [InlineData("1b7fffffffffffffff")]
    [InlineData("20")]
    [InlineData("3863")]
    [InlineData("3903e7")]
    [InlineData("f4")]
    [InlineData("f5")]
    [InlineData("f6")]
    [InlineData("40")]
    [InlineData("4401020304")]
    [InlineData("60")]
    [InlineData("62c3bc")]
    [InlineData("64f0908591")]
    [InlineData("c11a514b67b0")]
    [InlineData("8301820203820405")]
    [InlineData("a201020304")]
    [InlineData("a26161016162820203")]
    [InlineData("98190102030405060708090a0b0c0d0e0f101112131415161718181819")]
    public void Decodes_and_encodes_to_the_same_bytes(string hex) =>
        Assert.Equal(hex, Convert.ToHexStringLower(CborValue.Decode(Convert.FromHexString(hex), "test").Encode()));

    [Fact]
    public void Reads_values_and_looks_them_up()
    {
        // {1: -1, "a": [true, null], "b": h'01'}
        var map = Assert.IsType<CborValue.Map>(CborValue.Decode(Convert.FromHexString("a30120616182f5f661624101"), "test"));
        Assert.Equal(new CborValue.Integer(-1), map[1]);
        Assert.Equal(new CborValue.Array([new CborValue.Boolean(true), new CborValue.Null()]), map["a"]);
        Assert.Equal(new CborValue.Bytes(new byte[] { 1 }), map["b"]);
        Assert.Null(map[2]);
    }

    [Theory]
    [InlineData("", "item")]
    [InlineData("0000", "end")]
    [InlineData("1817", "item")]
    [InlineData("1900ff", "item")]
    [InlineData("1a0000ffff", "item")]
    [InlineData("1b00000000ffffffff", "item")]
    [InlineData("1bffffffffffffffff", "integer")]
    [InlineData("3bffffffffffffffff", "integer")]
    [InlineData("5f41014102ff", "item")]
    [InlineData("9fff", "item")]
    [InlineData("bfff", "item")]
    [InlineData("1c", "item")]
    [InlineData("f7", "item")]
    [InlineData("f93c00", "item")]
    [InlineData("fb3ff199999999999a", "item")]
    [InlineData("42ff", "item")]
    [InlineData("5b7fffffffffffffff", "item")]
    [InlineData("9bffffffffffffffff", "item")]
    [InlineData("bb7fffffffffffffff00", "item")]
    [InlineData("61ff", "text string")]
    [InlineData("a201000100", "map key")]
    [InlineData("a1800000", "map key")]
    [InlineData("8181818181818181818181818181818181818100", "item")]
    public void Refuses_what_is_not_one_item_in_the_shortest_form(string hex, string field) =>
        Assert.Equal(field, Assert.Throws<MalformedException>(() => CborValue.Decode(Convert.FromHexString(hex), "test")).Field);

    [Fact]
    public void Refuses_more_items_than_its_limit()
    {
        byte[] within = [0x99, 0x27, 0x0F, .. new byte[9_999]];
        Assert.IsType<CborValue.Array>(CborValue.Decode(within, "test"));
        byte[] over = [0x99, 0x27, 0x10, .. new byte[10_000]];
        Assert.Throws<MalformedException>(() => CborValue.Decode(over, "test"));
    }

    [Fact]
    public void Any_change_to_a_message_gives_a_value_or_a_malformed_error()
    {
        var bytes = Convert.FromHexString("d28443a10126a10442313154546869732069732074686520636f6e74656e742e5840" + new string('5', 128));
        for (var at = 0; at < bytes.Length; at++)
        {
            for (var value = 0; value < 256; value++)
            {
                var changed = bytes.ToArray();
                changed[at] = (byte)value;
                try
                {
                    CborValue.Decode(changed, "test");
                }
                catch (MalformedException malformed)
                {
                    Assert.InRange(malformed.Offset ?? 0, 0, bytes.Length);
                }
            }
        }
    }
}
