using Cove.Outcomes;
using Cove.Runtime.Shim.Commands;

namespace Cove.Tests.Runtime.Shim.Commands;

public sealed class ShimArgumentsTests
{
    [Fact]
    public void What_containerd_passes_is_read()
    {
        var start = ShimArguments.Parse(["-namespace", "k8s.io", "-address", "/run/c.sock", "-publish-binary", "/usr/bin/containerd", "-id", "a1", "-debug", "start"]);
        Assert.Equal(new ShimArguments("start", "k8s.io", "a1", "/run/c.sock", "", Debug: true), start);
        var delete = ShimArguments.Parse(["-namespace", "default", "-id", "a1", "-bundle", "/b", "delete"]);
        Assert.Equal((ShimArguments.Delete, "/b"), (delete.Action, delete.Bundle));
        Assert.Equal(ShimArguments.Serve, ShimArguments.Parse(["-namespace", "default", "-id", "a1"]).Action);
        Assert.Equal(ShimArguments.Version, ShimArguments.Parse(["-v"]).Action);
    }

    [Theory]
    [InlineData("-id", "a1", "start")] // no namespace
    [InlineData("-namespace", "default", "start")] // no id
    [InlineData("-namespace", "default", "-id", "../a", "start")]
    [InlineData("-namespace", "default", "-id", "..", "start")]
    [InlineData("-namespace", "a/b", "-id", "a1", "start")]
    [InlineData("-namespace", "default", "-id")]
    [InlineData("-namespace", "default", "-id", "a1", "start", "delete")]
    [InlineData("-namespace", "default", "-id", "a1", "-other", "x")]
    public void Anything_else_is_refused(params string[] arguments) => Assert.Throws<MalformedException>(() => ShimArguments.Parse(arguments));

    [Fact]
    public void Groups_of_other_namespaces_and_other_containerds_have_other_keys()
    {
        var one = ShimArguments.Parse(["-namespace", "default", "-address", "/run/c.sock", "-id", "a1"]);
        Assert.Equal(64, one.KeyOf("g").Length);
        Assert.Equal(4, new[] { one, one with { Namespace = "other" }, one with { Address = "/run/d.sock" } }.Select(each => each.KeyOf("g")).Append(one.KeyOf("h")).Distinct().Count());
    }

    [Fact]
    public void Containerd_2_is_answered_in_its_own_form() =>
        Assert.Equal("""{"version":3,"address":"unix:///s/1","protocol":"ttrpc"}""", StartCommand.Bootstrap("unix:///s/1"));
}
