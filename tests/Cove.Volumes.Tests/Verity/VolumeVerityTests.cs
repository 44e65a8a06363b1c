using Cove.Outcomes;
using Cove.Volumes.Verity;

namespace Cove.Volumes.Tests.Verity;

public sealed class VolumeVerityTests
{
    private const string Root = "9f3c5b1a7e2d4086a1b2c3d4e5f60718293a4b5c6d7e8f901122334455667788";

    [Theory]
    [InlineData("1")]
    [InlineData("33554432")]
    public void Its_text_is_read_and_written(string blocks) => Assert.Equal($"{blocks}:{Root}", VolumeVerity.Parse($"{blocks}:{Root}").ToString());

    [Theory]
    [InlineData("", "text")]
    [InlineData(Root, "text")]
    [InlineData(":" + Root, "blocks")]
    [InlineData("0:" + Root, "blocks")]
    [InlineData("01:" + Root, "blocks")]
    [InlineData("-1:" + Root, "blocks")]
    [InlineData(" 1:" + Root, "blocks")]
    [InlineData("33554433:" + Root, "blocks")]
    [InlineData("99999999999999999999:" + Root, "blocks")]
    [InlineData("1:" + Root + "0", "root hash")]
    [InlineData("1:9F3C5B1A7E2D4086A1B2C3D4E5F60718293A4B5C6D7E8F901122334455667788", "root hash")]
    [InlineData("1: " + Root, "root hash")]
    [InlineData("1:", "root hash")]
    public void Any_other_text_is_refused(string text, string field) =>
        Assert.Equal(field, Assert.Throws<MalformedException>(() => VolumeVerity.Parse(text)).Field);
}
