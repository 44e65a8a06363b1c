using Cove.Outcomes;
using Cove.Runtime.Shim.Protobuf;

namespace Cove.Tests.Runtime.Shim.Protobuf;

public sealed class ProtobufTests
{
    [Fact]
    public void What_is_written_is_read_and_unknown_fields_are_skipped()
    {
        var bytes = new ProtobufWriter().Text(1, "α").Number(9, ulong.MaxValue).Number(2, -5L).Flag(3, true).Bytes(10, [1, 2]).Message(4, []).ToArray();
        var reader = new ProtobufReader(bytes, "test");
        Assert.True(reader.Next());
        Assert.Equal("α", reader.Text());
        Assert.True(reader.Next());
        reader.Skip();
        Assert.True(reader.Next());
        Assert.Equal((2, -5L), (reader.Field, (long)reader.Number()));
        Assert.True(reader.Next());
        Assert.True(reader.Flag());
        Assert.True(reader.Next());
        reader.Skip();
        Assert.True(reader.Next());
        Assert.Equal((4, 0), (reader.Field, reader.Bytes().Length));
        Assert.False(reader.Next());
    }

    [Fact]
    public void Defaults_take_no_bytes() => Assert.Empty(new ProtobufWriter().Text(1, "").Number(2, 0UL).Flag(3, false).Bytes(4, []).ToArray());

    [Theory]
    [InlineData("0A05616263")] // longer than what is left
    [InlineData("0880")] // a number that does not end
    [InlineData("08FFFFFFFFFFFFFFFFFF02")] // more than 64 bits
    [InlineData("0001")] // field 0
    [InlineData("0B")] // a group
    [InlineData("0D0000")] // four bytes, two there
    [InlineData("0AFFFFFFFFFFFFFFFFFF01")] // a length that overflows
    public void Broken_messages_are_malformed(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Throws<MalformedException>(() =>
        {
            var reader = new ProtobufReader(bytes, "test");
            while (reader.Next()) reader.Skip();
        });
    }

    [Fact]
    public void A_field_of_another_type_and_text_that_is_no_UTF8_are_malformed()
    {
        Assert.Throws<MalformedException>(() =>
        {
            var reader = new ProtobufReader([0x08, 0x01], "test");
            reader.Next();
            reader.Text();
        });
        Assert.Throws<MalformedException>(() =>
        {
            var reader = new ProtobufReader([0x0A, 0x01, 0xFF], "test");
            reader.Next();
            reader.Text();
        });
    }
}
