using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Cove.Sidecar.Tests.Fakes;

namespace Cove.Sidecar.Tests;

/// <summary>
/// Replays what was recorded of the reference sidecar: status, content type, location and body are equal, byte for byte, except where
/// reference-differences.json names a defect that is not repeated. An entry there must differ from the recording, and say how.
/// </summary>
public sealed class TranscriptTests(TranscriptTests.Running running) : IClassFixture<TranscriptTests.Running>
{
    private static readonly Dictionary<int, JsonElement> Differences = JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "reference-differences.json"))).RootElement
        .EnumerateArray().ToDictionary(entry => entry.GetProperty("transcript").GetInt32());

    public static TheoryData<int> All => [.. Enumerable.Range(0, 53)];

    [Fact]
    public void All_recordings_are_replayed_and_every_difference_has_its_reason()
    {
        Assert.Equal(All.Count, Recordings.Transcripts.Count);
        Assert.All(Differences.Values, entry => Assert.NotEmpty(entry.GetProperty("reason").GetString()!));
        Assert.True(Differences.Count <= 10, "the list of differences from the reference only shrinks");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Answers_as_recorded(int transcript)
    {
        var sidecar = running.Sidecar;
        var recorded = Recordings.Transcripts[transcript];
        var asked = recorded.GetProperty("request");
        using var request = new HttpRequestMessage(new HttpMethod(asked.GetProperty("method").GetString()!), asked.GetProperty("path").GetString());
        if (asked.GetProperty("body").GetString() is { } body)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        }

        using var response = await sidecar.Client.SendAsync(request);

        var actual = (
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.ToString(),
            response.Headers.Location?.ToString(),
            await response.Content.ReadAsStringAsync());
        var original = (
            recorded.GetProperty("status").GetInt32(),
            recorded.GetProperty("content_type").GetString(),
            recorded.GetProperty("location").GetString(),
            recorded.GetProperty("body").GetString()!);
        if (Differences.TryGetValue(transcript, out var difference))
        {
            Assert.NotEqual(original, actual);
            original = Ours(difference, original.Item4);
        }

        Assert.Equal(original.Item4, actual.Item4);
        Assert.Equal(original, actual);
    }

    private static (int Status, string? ContentType, string? Location, string Body) Ours(JsonElement difference, string recordedBody)
    {
        const string json = "application/json; charset=utf-8";
        var status = difference.GetProperty("status").GetInt32();
        if (difference.TryGetProperty("sameAs", out var other)) return (status, json, null, Recordings.Body(other.GetInt32()));
        if (difference.TryGetProperty("without", out var tail))
        {
            Assert.EndsWith(tail.GetString()!, recordedBody, StringComparison.Ordinal);
            return (status, json, null, recordedBody[..^tail.GetString()!.Length]);
        }

        // The constant middle of every error is taken from a recording, not from the sidecar's own source.
        const string recordedWhat = "{\"error\":\"invalid request format";
        const string recordedCause = ": EOF\"}";
        var documentation = Recordings.Body(4)[recordedWhat.Length..^recordedCause.Length];
        return (status, json, null, $"{{\"error\":\"{difference.GetProperty("what").GetString()}{documentation}: {difference.GetProperty("cause").GetString()}\"}}");
    }

    /// <summary>One sidecar for all of them: they are independent requests.</summary>
    public sealed class Running : IAsyncLifetime
    {
        internal SidecarUnderTest Sidecar { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Sidecar = await SidecarUnderTest.StartAsync();

        public ValueTask DisposeAsync() => Sidecar.DisposeAsync();
    }
}
