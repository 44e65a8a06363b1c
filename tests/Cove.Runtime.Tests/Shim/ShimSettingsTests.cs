using Cove.Outcomes;
using Cove.Protocol.Launch;
using Cove.Runtime.Shim;

namespace Cove.Tests.Runtime.Shim;

public sealed class ShimSettingsTests
{
    [Fact]
    public void What_a_file_does_not_say_is_the_default()
    {
        var settings = ShimSettings.Parse("f", """{"state":"/s","machine":{"image":"/i","mode":"tcg","memoryMiB":512,"processors":1}}"""u8.ToArray());
        Assert.Equal(("/s", "/run/containerd/s", "/var/lib/cove/layers"), (settings.State, settings.Sockets, settings.Layers));
        Assert.Equal(new LaunchMachine("/i", "tcg", 512, 1), settings.Machine);
        Assert.Equal("snp", ShimSettings.Parse("f", """{"machine":{"image":"/i","mode":"snp","memoryMiB":512,"processors":1}}"""u8.ToArray()).Machine?.Mode);
        Assert.Null(ShimSettings.Parse("f", "{}"u8.ToArray()).Machine);
    }

    [Theory]
    [InlineData("""{"state":"relative"}""")]
    [InlineData("""{"state":7}""")]
    [InlineData("""{"other":"/s"}""")]
    [InlineData("""[]""")]
    [InlineData("""{""")]
    [InlineData("""{"machine":{"image":"i","mode":"tcg","memoryMiB":512,"processors":1}}""")]
    [InlineData("""{"machine":{"image":"/i","mode":"fast","memoryMiB":512,"processors":1}}""")]
    [InlineData("""{"machine":{"image":"/i","mode":"tcg","memoryMiB":1,"processors":1}}""")]
    [InlineData("""{"machine":{"image":"/i","mode":"tcg","memoryMiB":512,"processors":0}}""")]
    [InlineData("""{"machine":{"image":"/i","mode":"tcg","memoryMiB":512,"processors":1,"debug":true}}""")]
    public void Anything_else_is_refused(string json) =>
        Assert.Throws<MalformedException>(() => ShimSettings.Parse("f", System.Text.Encoding.UTF8.GetBytes(json)));
}
