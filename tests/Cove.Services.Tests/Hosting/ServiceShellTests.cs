using System.Net;
using Cove.Hosting;
using Cove.Hosting.CommandLine;
using Cove.Hosting.Errors;
using Cove.Hosting.Http;
using Cove.Outcomes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Cove.Services.Tests.Hosting;

public sealed class ServiceShellTests : IDisposable
{
    private const int MaximumBody = 1000;
    private readonly TestIdentity _identity = new();

    public void Dispose() => _identity.Dispose();

    [Fact]
    public async Task Serves_over_tls_says_ready_answers_health_and_stops()
    {
        using var stop = new CancellationTokenSource();
        var ready = new TaskCompletionSource<Uri>();
        var options = Options() with { Ready = url => { ready.SetResult(url); return Task.CompletedTask; } };
        var serving = ServiceShell.ServeAsync(options, Map, stop.Token);
        Assert.Equal(options.Url, await ready.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        using var client = _identity.Client(options.Url);
        var health = await client.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Equal("""{"status":"ok"}""", await health.Content.ReadAsStringAsync());
        Assert.True(Guid.TryParse(Assert.Single(health.Headers.GetValues("x-ms-request-id")), out _));
        await stop.CancelAsync();
        await serving.WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync("/health"));
        options.Identity.Dispose();
    }

    [Theory]
    [InlineData("/known", 403, """{"error":{"code":"Forbidden","message":"not you","innererror":{"code":"AccessDenied"}}}""")]
    [InlineData("/malformed", 400, """{"error":{"code":"BadParameter","message":"JWS: header is missing"}}""")]
    [InlineData("/unavailable", 503, """{"error":{"code":"ServiceUnavailable","message":"the authority is unavailable: it does not answer"}}""")]
    [InlineData("/nowhere", 404, """{"error":{"code":"NotFound","message":"there is no POST /nowhere"}}""")]
    [InlineData("/echo", 200, "hello")]
    public async Task Answers_in_the_shape_of_the_service(string path, int status, string body)
    {
        await using var app = ServiceShell.Build(Options(), Map);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = _identity.Client(new(app.Urls.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal)));
        var answer = await client.PostAsync(path, new StringContent("hello"));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_bug_is_answered_without_its_text()
    {
        await using var app = ServiceShell.Build(Options(), Map);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = _identity.Client(new(app.Urls.First()));
        var answer = await client.PostAsync("/bug", null);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.DoesNotContain("secret detail", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MaximumBody, HttpStatusCode.OK)]
    [InlineData(MaximumBody + 1, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_over_the_limit_is_refused_whether_or_not_it_says_its_length(int length, HttpStatusCode expected)
    {
        await using var app = ServiceShell.Build(Options(), Map);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = _identity.Client(new(app.Urls.First()));
        Assert.Equal(expected, (await client.PostAsync("/echo", new ByteArrayContent(new byte[length]))).StatusCode);
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = new ByteArrayContent(new byte[length]) };
        chunked.Headers.TransferEncodingChunked = true;
        Assert.Equal(expected, (await client.SendAsync(chunked)).StatusCode);
    }

    [Theory]
    [InlineData(MaximumBody + 1)]
    [InlineData(2 * 1024 * 1024)]
    public async Task A_client_whose_body_was_refused_reads_why_and_its_next_request_is_served(int length)
    {
        await using var app = ServiceShell.Build(Options() with { MaximumBodyLength = MaximumBody }, Map);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = _identity.Client(new(app.Urls.First()));
        for (var i = 0; i < 20; i++)
        {
            using var refused = await client.PostAsync("/echo", new ByteArrayContent(new byte[length]));
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
            Assert.True(refused.Headers.ConnectionClose);
            using var served = await client.PostAsync("/echo", new StringContent("hello"));
            Assert.Equal("hello", await served.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_usage_error_ends_with_exit_code_two()
        => Assert.Equal(2, await ServiceShell.MainAsync("test", () => throw new UsageException("--listen is missing", "usage")));

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        using var other = new TestIdentity();
        Assert.Throws<UsageException>(() => Cove.Hosting.Tls.ServerIdentity.Load(_identity.CertificateFile, other.KeyFile));
    }

    private static void Map(WebApplication app)
    {
        app.MapPost("/known", _ => throw new ServiceException(403, "Forbidden", "not you", "AccessDenied"));
        app.MapPost("/malformed", _ => throw new MalformedException("JWS", "header", "is missing"));
        app.MapPost("/unavailable", _ => throw new UnavailableException("the authority", "it does not answer"));
        app.MapPost("/bug", _ => throw new InvalidOperationException("secret detail"));
        app.MapPost("/echo", async (HttpContext context) => await context.Response.Body.WriteAsync(await context.Request.ReadBodyAsync(MaximumBody, context.RequestAborted)));
    }

    private ShellOptions Options() => new()
    {
        Listen = new(IPAddress.Loopback, _port),
        Url = new($"https://localhost:{_port}"),
        Identity = Cove.Hosting.Tls.ServerIdentity.Load(_identity.CertificateFile, _identity.KeyFile),
    };

    private readonly int _port = TestIdentity.FreePort();
}
