using System.Text.Json;
using System.Text.Json.Nodes;
using Cove.Sidecar.CommandLine;
using Cove.Sidecar.Tests.Fakes;

namespace Cove.Sidecar.Tests;

/// <summary>What goes out equals what was recorded of the reference: method, target, headers and body, but for what is random in it.</summary>
public sealed class OutgoingTests
{
    private const int AzureCache = 14;
    private const int Import = 15;
    private static readonly string[] OfTheTransport = ["Content-Length", "Host", "traceparent"];

    private const string Other = "3100000000000001";

    [Fact]
    public async Task The_attestation_request_is_the_recorded_one_except_for_the_nonce()
    {
        await using var sidecar = await SidecarUnderTest.StartAsync();

        await sidecar.PostAsync("/attest/maa", """{"maa_endpoint":"localhost:18444","runtime_data":"eyJha2V5IjoiYXZhbHVlIn0="}""");

        var (sent, recorded) = (Assert.Single(sidecar.Services.Requests), Recordings.Outgoing[0]);
        AssertSameHead(recorded, sent);
        Assert.Equal("localhost:18444", sent.Host);
        Assert.Equal(WithoutNonce(recorded.GetProperty("b").GetString()!), WithoutNonce(sent.Body));
    }

    [Theory]
    [InlineData(1, "octkey")]
    [InlineData(2, "oct256")]
    [InlineData(11, "short")]
    public async Task The_release_request_has_the_recorded_shape(int outgoing, string kid)
    {
        await using var sidecar = await SidecarUnderTest.StartAsync();

        await sidecar.ReleaseAsync(kid);

        var (sent, recorded) = (sidecar.Services.Requests.Last(), Recordings.Outgoing[outgoing]);
        AssertSameHead(recorded, sent);
        var (expected, actual) = (AttestedKeys(recorded.GetProperty("b").GetString()!), AttestedKeys(sent.Body));
        Assert.Equal(Shape(expected), Shape(actual));
        Assert.Equal(["e", "key_ops", "kid", "kty", "n"], actual[0].EnumerateObject().Select(m => m.Name));
        Assert.NotEqual(expected[0].GetProperty("n").GetString(), actual[0].GetProperty("n").GetString());
    }

    [Fact]
    public async Task The_platforms_certificates_are_asked_for_as_recorded_at_AMD()
    {
        await using var sidecar = await SidecarUnderTest.StartAsync(Cache(new() { EndpointType = "AMD", Endpoint = "localhost:18444/vcek/v1", TeeType = "Milan" }), tcb: Other);
        sidecar.Services.Answer = r => r.Target.StartsWith("/vcek/", StringComparison.Ordinal) ? new FakeAnswer(200, "cert"u8.ToArray()) : null;

        await sidecar.PostAsync("/attest/maa", """{"maa_endpoint":"localhost:18444","runtime_data":"e30="}""");

        var sent = sidecar.Services.Requests.ToArray();
        AssertSameHead(Recordings.Outgoing[12], sent[0]);
        AssertSameHead(Recordings.Outgoing[13], sent[1]);
        Assert.Equal("/attest/SevSnpVM?api-version=2020-10-01", sent[2].Target);
    }

    [Fact]
    public async Task The_platforms_certificates_are_asked_for_as_recorded_at_the_azure_cache()
    {
        var cache = new CertificateCacheSettings
        {
            EndpointType = "AzCache",
            Endpoint = "localhost:18444",
            TeeType = "SevSnpVM",
            ApiVersion = "api-version=2020-10-15-preview",
            ClientId = "clientId=ConfidentialACI",
        };
        await using var sidecar = await SidecarUnderTest.StartAsync(Cache(cache), tcb: Other);

        await sidecar.PostAsync("/attest/maa", """{"maa_endpoint":"localhost:18444","runtime_data":"e30="}""");

        AssertSameHead(Recordings.Outgoing[AzureCache], sidecar.Services.Requests.First());
    }

    [Fact]
    public async Task A_token_is_asked_of_the_metadata_service_as_recorded()
    {
        await using var sidecar = await SidecarUnderTest.StartAsync();

        await sidecar.ReleaseAsync("octkey", accessToken: "");

        var sent = sidecar.Services.Requests.ToArray();
        AssertSameHead(Recordings.Outgoing[16], sent[1]);
        Assert.Equal("169.254.169.254", sent[1].Host);
        Assert.Equal("Bearer imds-token", sent[2].Headers["Authorization"]);
    }

    [Fact]
    public async Task Certificates_are_asked_of_the_hosts_cache_as_recorded()
    {
        await using var sidecar = await SidecarUnderTest.StartAsync(certificates: false);

        var sent = Assert.Single(sidecar.Services.Requests);

        AssertSameHead(Recordings.Outgoing[17], sent);
        var (_, body) = await sidecar.PostAsync("/attest/combined", """{"runtime_data":"e30="}""");
        Assert.Contains(Recordings.Evidence().Tcb, body, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_recorded_request_but_that_of_the_import_tool_is_compared_here()
    {
        Assert.Equal(18, Recordings.Outgoing.Count);
        Assert.Equal("PUT", Recordings.Outgoing[Import].GetProperty("m").GetString());
    }

    private static SkrSettings Cache(CertificateCacheSettings settings) => new() { Azure = new AzureInformation { CertificateCache = settings } };

    private static void AssertSameHead(JsonElement recorded, RecordedRequest sent)
    {
        Assert.Equal(recorded.GetProperty("m").GetString(), sent.Method);
        var target = recorded.GetProperty("p").GetString()!;
        Assert.Equal(target.StartsWith('/') ? target : new Uri(target).PathAndQuery, sent.Target);
        Assert.Equal(Headers(recorded.GetProperty("h").EnumerateObject().Select(h => (h.Name, h.Value.GetString()!))), Headers(sent.Headers.Select(h => (h.Key, h.Value))));
    }

    /// <summary>Without what the transport sets, and without the name of the recorded side's HTTP library.</summary>
    private static List<string> Headers(IEnumerable<(string Name, string Value)> headers) =>
        [.. headers.Where(h => !OfTheTransport.Contains(h.Name) && h.Value != "Go-http-client/1.1").Select(h => $"{h.Name}: {h.Value}").Order(StringComparer.Ordinal)];

    private static string WithoutNonce(string body)
    {
        var json = JsonNode.Parse(body)!.AsObject();
        Assert.True(json.Last().Value!.AsValue().TryGetValue<ulong>(out _));
        return body[..body.LastIndexOf("\"nonce\":", StringComparison.Ordinal)];
    }

    private static JsonElement AttestedKeys(string body)
    {
        using var json = JsonDocument.Parse(body);
        Assert.Equal("target", Assert.Single(json.RootElement.EnumerateObject()).Name);
        var token = json.RootElement.GetProperty("target").GetString()!;
        var payload = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]));
        return payload.RootElement.GetProperty("x-ms-runtime").GetProperty("keys");
    }

    /// <summary>The names and kinds of everything, and the lengths of strings.</summary>
    private static string Shape(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', element.EnumerateObject().Select(m => m.Name + ":" + Shape(m.Value))) + "}",
        JsonValueKind.Array => "[" + string.Join(',', element.EnumerateArray().Select(Shape)) + "]",
        JsonValueKind.String => $"string of {element.GetString()!.Length}",
        _ => element.ValueKind.ToString(),
    };
}
