using System.Net;
using System.Net.Sockets;
using System.Text;
using Cove.Sidecar.Server;
using Cove.Sidecar.Tests.Fakes;

namespace Cove.Sidecar.Tests.Server;

public sealed class SkrRouterTests : IAsyncLifetime
{
    private SidecarUnderTest sidecar = null!;

    public async ValueTask InitializeAsync() => sidecar = await SidecarUnderTest.StartAsync();

    public ValueTask DisposeAsync() => sidecar.DisposeAsync();

    [Fact]
    public async Task A_body_over_the_limit_is_refused_whether_or_not_it_says_so()
    {
        // The answer comes before the body is sent, so that no connection breaks under a client that is still writing.
        using var declared = new HttpRequestMessage(HttpMethod.Post, "/attest/raw") { Content = new ByteArrayContent(new byte[SkrRouter.BodyLimit + 1]) };
        declared.Headers.ExpectContinue = true;
        using var first = await sidecar.Client.SendAsync(declared);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, first.StatusCode);

        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/attest/raw")
        {
            Content = new StreamContent(new MemoryStream(new byte[SkrRouter.BodyLimit + 1])),
        };
        chunked.Headers.TransferEncodingChunked = true;
        using var second = await sidecar.Client.SendAsync(chunked);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, second.StatusCode);
    }

    [Fact]
    public async Task A_trailing_slash_redirects_and_keeps_the_method()
    {
        using var post = await sidecar.Client.PostAsync("/attest/raw/", new StringContent("{}"));
        Assert.Equal((HttpStatusCode.TemporaryRedirect, "/attest/raw"), (post.StatusCode, post.Headers.Location?.ToString()));
        using var unknown = await sidecar.Client.GetAsync("/attest/raw/");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [InlineData("/STATUS")]
    [InlineData("/")]
    [InlineData("/key")]
    public async Task Other_paths_are_not_found(string path)
    {
        using var response = await sidecar.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Bad_requests_by_the_hundred_leave_it_serving()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => sidecar.PostAsync("/key/release", "{\"maa_endpoint\":")));

        Assert.Equal("""{"message":"Status OK"}""", await sidecar.Client.GetStringAsync("/status"));
    }

    [Fact]
    public async Task Only_the_loopback_address_listens()
    {
        var port = sidecar.Client.BaseAddress!.Port;
        var other = (await Dns.GetHostAddressesAsync(Dns.GetHostName()))
            .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
        Assert.SkipWhen(other is null, "this machine has the loopback address only");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(other!, port));
    }

    [Fact]
    public async Task Garbage_on_the_wire_is_a_bad_request_and_nothing_more()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, sidecar.Client.BaseAddress!.Port);
        await socket.SendAsync("\0\u0001garbage\r\n\r\n"u8.ToArray());
        var answer = new byte[256];
        var read = await socket.ReceiveAsync(answer);
        Assert.StartsWith("HTTP/1.1 400", Encoding.ASCII.GetString(answer, 0, read), StringComparison.Ordinal);
    }
}
