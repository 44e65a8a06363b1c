using System.Net;
using System.Security.Cryptography;
using Cove.Outcomes;
using Cove.Volumes.Blobs;
using Cove.Volumes.Stores;
using Cove.Volumes.Tests.Fakes;

namespace Cove.Volumes.Tests.Blobs;

/// <summary>What a blob service may answer beside what was asked for: that it is busy, less, other bytes, another version.</summary>
public sealed class BlobServiceTests
{
    private const string Tag = "\"one\"";
    private readonly InstantTime time = new();
    private readonly byte[] content = RandomNumberGenerator.GetBytes(4096);

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests, "7", 7)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "3", 3)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "100000", 60)]
    public async Task A_busy_service_is_left_alone_as_long_as_it_asks_for_up_to_a_minute(HttpStatusCode status, string retryAfter, int seconds)
    {
        var (client, service) = Client(_ => ScriptedService.Busy(status, retryAfter), _ => ScriptedService.Part(content, 0, 4096));
        var buffer = new byte[4096];
        await client.ReadAsync(0, buffer, null, default);
        Assert.Equal(content, buffer);
        Assert.Equal(2, service.Requests.Count);
        Assert.Contains(TimeSpan.FromSeconds(seconds), time.Pauses);
    }

    [Fact]
    public async Task A_busy_service_may_name_a_time()
    {
        var until = DateTimeOffset.UtcNow.AddSeconds(20);
        var (client, _) = Client(_ => ScriptedService.Busy(HttpStatusCode.ServiceUnavailable, until.ToString("R")), _ => ScriptedService.Part(content, 0, 4096));
        await client.ReadAsync(0, new byte[4096], null, default);
        Assert.Contains(time.Pauses, pause => pause > TimeSpan.FromSeconds(1) && pause <= TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Without_a_wish_of_the_service_pauses_grow_and_end()
    {
        var (client, service) = Client(_ => ScriptedService.Busy(HttpStatusCode.ServiceUnavailable));
        var away = await Assert.ThrowsAsync<UnavailableException>(() => client.ReadAsync(0, new byte[1], null, default));
        Assert.Contains("503", away.Message, StringComparison.Ordinal);
        Assert.Equal(4, service.Requests.Count);
        Assert.Equal([0.5, 2, 8], time.Pauses.Select(pause => pause.TotalSeconds));
    }

    [Fact]
    public async Task A_refusal_is_not_asked_for_again()
    {
        var (client, service) = Client(_ => ScriptedService.Busy(HttpStatusCode.Forbidden));
        Assert.Equal(403, (await Assert.ThrowsAsync<BlobRefusedException>(() => client.ReadAsync(0, new byte[1], null, default))).Status);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task A_short_answer_is_completed_from_where_it_ended()
    {
        var (client, service) = Client(_ => ScriptedService.Part(content[..1000], 0, 4096), _ => ScriptedService.Part(content[1000..], 1000, 4096));
        var buffer = new byte[4096];
        await client.ReadAsync(0, buffer, null, default);
        Assert.Equal(content, buffer);
        Assert.Equal(["bytes=0-4095", "bytes=1000-4095"], service.Requests.Select(request => request.Range));
    }

    [Fact]
    public async Task Answers_without_bytes_are_not_asked_for_without_end()
    {
        var (client, service) = Client(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) });
        await Assert.ThrowsAsync<UnavailableException>(() => client.ReadAsync(0, new byte[10], null, default));
        Assert.Equal(4, service.Requests.Count);
    }

    [Fact]
    public async Task The_whole_blob_is_not_taken_for_the_range_that_was_asked_for()
    {
        var (client, _) = Client(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(content) });
        await client.ReadAsync(0, new byte[100], null, default);
        var other = await Assert.ThrowsAsync<UnavailableException>(() => client.ReadAsync(512, new byte[100], null, default));
        Assert.Contains("bytes from 0, asked for those from 512", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_range_is_not_taken_for_the_one_that_was_asked_for()
    {
        var (client, _) = Client(_ => ScriptedService.Part(content[..512], 512, 4096));
        await client.ReadAsync(512, new byte[512], null, default);
        await Assert.ThrowsAsync<UnavailableException>(() => client.ReadAsync(0, new byte[512], null, default));
    }

    [Fact]
    public async Task Every_range_is_asked_for_by_the_version_that_was_opened()
    {
        var (client, service) = Client(_ => ScriptedService.Facts(4096, Tag), _ => ScriptedService.Part(content[..512], 0, 4096, Tag));
        var store = await BlobStore.OpenAsync(client, writable: false, default);
        await store.ReadAsync(0, new byte[512], default);
        Assert.Equal(["", Tag], service.Requests.Select(request => request.IfMatch));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_version_is_refused_whether_the_service_minds_the_condition_or_not(bool minds)
    {
        var (client, _) = Client(
            _ => ScriptedService.Facts(4096, Tag),
            _ => ScriptedService.Part(content[..512], 0, 4096, Tag),
            _ => minds ? ScriptedService.Busy(HttpStatusCode.PreconditionFailed) : ScriptedService.Part(content[512..1024], 512, 4096, "\"two\""));
        var store = await BlobStore.OpenAsync(client, writable: false, default);
        await store.ReadAsync(0, new byte[512], default);
        var changed = await Assert.ThrowsAsync<UnavailableException>(async () => await store.ReadAsync(512, new byte[512], default));
        Assert.Contains("changed since it was opened", changed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_over_4_MiB_go_in_pieces()
    {
        var (client, service) = Client(_ => ScriptedService.Facts(16 << 20, Tag), _ => new HttpResponseMessage(HttpStatusCode.Created));
        var store = await BlobStore.OpenAsync(client, writable: true, default);
        await store.WriteAsync(512, new byte[(9 << 20) + 512], default);
        Assert.Equal(
            [$"bytes=512-{512 + (4 << 20) - 1}", $"bytes={512 + (4 << 20)}-{512 + (8 << 20) - 1}", $"bytes={512 + (8 << 20)}-{1024 + (9 << 20) - 1}"],
            service.Requests.Skip(1).Select(request => request.Range));
    }

    private (BlobClient Client, ScriptedService Service) Client(params Func<HttpRequestMessage, HttpResponseMessage>[] answers)
    {
        var service = new ScriptedService(answers);
        return (new BlobClient(new HttpClient(service), BlobAddress.Parse("https://account.blob.core.windows.net/box/image"), BlobAuthorization.None, time), service);
    }
}
