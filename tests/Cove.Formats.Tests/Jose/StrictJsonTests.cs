using System.Text;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Tests.Jose;

public sealed class StrictJsonTests
{
    [Fact]
    public void Reads_one_object()
    {
        using var document = StrictJson.ParseObject("""{"a":"b"}"""u8.ToArray(), "test", 100);
        Assert.Equal("b", StrictJson.RequiredString(document.RootElement, "a", "test"));
        Assert.Null(StrictJson.OptionalString(document.RootElement, "c", "test"));
    }

    [Theory]
    [InlineData("""{"a":"b","a":"c"}""")]
    [InlineData("""{"a":{"b":1,"b":2}}""")]
    [InlineData("""{"a":"b"} {}""")]
    [InlineData("""{"a":"b",}""")]
    [InlineData("""{/**/}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    public void Refuses_anything_that_two_parsers_could_read_differently(string text)
        => Assert.Throws<MalformedException>(() => StrictJson.ParseObject(Encoding.UTF8.GetBytes(text), "test", 100));

    [Fact]
    public void Refuses_a_text_over_its_limit() => Assert.Throws<MalformedException>(() => StrictJson.ParseObject("""{"a":"b"}"""u8.ToArray(), "test", 8));

    [Fact]
    public void Refuses_a_member_of_another_type()
    {
        using var document = StrictJson.ParseObject("""{"a":1}"""u8.ToArray(), "test", 100);
        Assert.Throws<MalformedException>(() => StrictJson.OptionalString(document.RootElement, "a", "test"));
        Assert.Throws<MalformedException>(() => StrictJson.OptionalBytes(document.RootElement, "a", "test"));
        Assert.Throws<MalformedException>(() => StrictJson.RequiredString(document.RootElement, "b", "test"));
    }
}
