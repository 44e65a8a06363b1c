using Cove.Images.Oci;
using Cove.Outcomes;

namespace Cove.Tests.Oci;

public sealed class ImageReferenceTests
{
    private const string Pin = "sha256:8b4842f06982817534a75bcf71865213b09dfa8313229c384e5201dadbd75e25";

    [Theory]
    [InlineData("alpine", "docker.io/library/alpine:latest")]
    [InlineData("alpine:3.19", "docker.io/library/alpine:3.19")]
    [InlineData("cove/skr", "docker.io/cove/skr:latest")]
    [InlineData("index.docker.io/library/alpine", "docker.io/library/alpine:latest")]
    [InlineData("docker.io/alpine", "docker.io/library/alpine:latest")]
    [InlineData("localhost/a", "localhost/a:latest")]
    [InlineData("localhost:5000/a:b", "localhost:5000/a:b")]
    [InlineData("mcr.microsoft.com/aci/skr:2.10", "mcr.microsoft.com/aci/skr:2.10")]
    [InlineData("a__b/c-d--e.f:T_1.x-", "docker.io/a__b/c-d--e.f:T_1.x-")]
    [InlineData("alpine@" + Pin, "docker.io/library/alpine@" + Pin)]
    [InlineData("alpine:3@" + Pin, "docker.io/library/alpine:3@" + Pin)]
    public void Names_have_one_normal_form(string text, string normal)
    {
        Assert.Equal(normal, ImageReference.Parse(text).ToString());
        Assert.Equal(normal, ImageReference.Parse(normal).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(":tag")]
    [InlineData("Alpine")]
    [InlineData("alpine:")]
    [InlineData("alpine:-x")]
    [InlineData("alpine:a b")]
    [InlineData("a//b")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a..b")]
    [InlineData("a___b")]
    [InlineData("-a")]
    [InlineData("a-")]
    [InlineData("a._b")]
    [InlineData("../a")]
    [InlineData("a@sha256:00")]
    [InlineData("a@" + Pin + "00")]
    [InlineData("exa mple.com/a")]
    public void Refuses_what_is_no_name(string text) => Assert.Throws<MalformedException>(() => ImageReference.Parse(text));
}
