using System.Text;
using Cove.Outcomes;
using Cove.Protocol.Messages;

namespace Cove.Protocol.Tests.Messages;

public sealed class MessageReaderTests
{
    private const string Good = """{"containerId":"c","args":["a"],"env":["A=secret"],"workingDirectory":"/"}""";

    [Fact]
    public void Reads_a_request_and_its_defaults()
    {
        var read = Parse(Good);
        Assert.Equal(["a"], read.Args);
        Assert.Equal("0022", read.Umask);
        Assert.Equal(RestartPolicy.Never, read.Restart);
    }

    [Theory]
    [InlineData("""{"containerId":"c","args":["a"],"env":["A=secret"]}""")]
    [InlineData("""{"containerId":"c","args":["a"],"env":["A=secret"],"workingDirectory":"/","hooks":{}}""")]
    [InlineData("""{"containerId":"c","args":["a"],"args":["b"],"env":["A=secret"],"workingDirectory":"/"}""")]
    [InlineData("""{"containerId":"c","args":[null],"env":["A=secret"],"workingDirectory":"/"}""")]
    [InlineData("""{"containerId":null,"args":["a"],"env":["A=secret"],"workingDirectory":"/"}""")]
    [InlineData("""{"containerId":"c","args":["a"],"env":["A=secret"],"workingDirectory":"/","restart":"Sometimes"}""")]
    [InlineData("""{"containerId":"c","args":["a"],"env":["A=secret"],"workingDirectory":"/"} """ + "{}")]
    [InlineData("""{"containerId":"c","args":["a"],"env":"A=secret","workingDirectory":"/"}""")]
    [InlineData("null")]
    public void Refuses_what_is_not_quite_it_and_never_quotes_it(string json)
    {
        var wrong = Assert.Throws<MalformedException>(() => Parse(json));
        Assert.DoesNotContain("secret", wrong.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_with_secrets_do_not_print_them()
    {
        Assert.DoesNotContain("secret", Parse(Good).ToString(), StringComparison.Ordinal);
        Assert.Equal("key (3 bytes)", new VolumeFile("key", [1, 2, 3]).ToString());
    }

    [Fact]
    public void Reads_back_what_is_written_whatever_is_null_in_it()
    {
        var type = ProtocolJson.Default.GetPropertiesResponse;
        var written = new GetPropertiesResponse([new ContainerProperties("c", ContainerState.Running, null, 0, 1, null)]);
        var read = MessageReader.Parse(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(written, type), type);
        Assert.Equal(written.Containers, read.Containers);
    }

    private static CreateContainerRequest Parse(string json) =>
        MessageReader.Parse(Encoding.UTF8.GetBytes(json), ProtocolJson.Default.CreateContainerRequest);
}
