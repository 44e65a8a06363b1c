using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Attestation.Dcap;
using Cove.Attestation.Tests.Dcap;
using Cove.Formats.Der;
using Cove.Formats.Jose;
using Cove.Services.Tests.Hosting;
using Cove.Services.Tests.Keys;
using Cove.Tests;

namespace Cove.Services.Tests.Attestation;

/// <summary>
/// The requests that the real Python and JavaScript clients sent to a stub, replayed as they were except for the access token and the quote, for
/// which the stub took any bytes: ours is genuine, and binds the recorded data.
/// </summary>
public sealed class RecordedClientTests : IAsyncLifetime
{
    // A protocol for TPMs without confidential hardware, which we do not speak.
    private const string NotServed = "/attest/Tpm?";
    private readonly TestIdentity _identity = new();
    private readonly SimulatedPlatform _platform = new();
    private readonly AttestationAdministrator _administrator;
    private ServiceAtATime _service = null!;

    public RecordedClientTests() => _administrator = new AttestationAdministrator(_identity.Folder, new AdjustableClock(SimulatedPlatform.Then));

    public async ValueTask InitializeAsync()
    {
        var folder = _identity.Folder.CreateSubdirectory("collateral");
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "sgx.json"), _platform.Collateral(QuoteTee.Sgx).ToJson());
        var root = Path.Combine(_identity.Folder.FullName, "dcap-root.pem");
        await File.WriteAllTextAsync(root, CertificatePem.Write([_platform.Root]));
        _service = await ServiceAtATime.StartAsync(
            _identity, SimulatedPlatform.Then, "--development-dcap-root", root, "--collateral", folder.FullName, "--access-issuer", _administrator.AccessIssuer);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _administrator.Dispose();
        _platform.Dispose();
        _identity.Dispose();
    }

    [Theory]
    [InlineData("py-attestation.http.txt", 9)]
    [InlineData("js-attestation.http.txt", 16)]
    public async Task Answers_every_recorded_request_with_the_recorded_status_and_claims(string recording, int atLeast)
    {
        var replayed = 0;
        foreach (var exchange in RecordedExchange.Read(Vectors.Path("wire", "azure-clients", recording)))
        {
            if (exchange.Target.StartsWith(NotServed, StringComparison.Ordinal)) continue;
            var body = exchange.Target.StartsWith("/attest/", StringComparison.Ordinal) ? WithEvidence(exchange) : exchange.RequestBody;
            using var answer = await SendAsync(exchange, body);
            var text = await answer.Content.ReadAsStringAsync();
            replayed++;
            if (IsRefusedForCause(exchange))
            {
                Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{exchange.Method} {exchange.Target}: {text}");
                continue;
            }

            Assert.True(exchange.Status == (int)answer.StatusCode, $"{exchange.Method} {exchange.Target}: recorded {exchange.Status}, got {(int)answer.StatusCode} {text}");
            if (exchange.Target.StartsWith("/.well-known", StringComparison.Ordinal) || exchange.Target == "/certs") AssertMembers(exchange.AnswerBody, text);
            else AssertClaims(exchange, Payload(exchange.AnswerBody), Payload(text));
        }

        Assert.True(replayed >= atLeast, $"only {replayed} requests were replayed");
    }

    // The stub attested under a draft that permits nothing, and changed certificates that nobody had made it isolated with.
    private static bool IsRefusedForCause(RecordedExchange exchange) =>
        exchange.RequestBody.Contains("\"draftPolicyForAttestation\":\"version= 1.0;\"", StringComparison.Ordinal) || exchange.Target.StartsWith("/certificates:", StringComparison.Ordinal);

    private static void AssertMembers(string recorded, string ours)
    {
        // The stub's metadata had a version that the services' have not.
        var missing = RecordedExchange.Members(JsonNode.Parse(recorded)).Except([.. RecordedExchange.Members(JsonNode.Parse(ours)), ".version"]);
        Assert.Empty(missing);
    }

    private static void AssertClaims(RecordedExchange exchange, JsonObject recorded, JsonObject ours)
    {
        Assert.Empty(recorded.Select(claim => claim.Key).Except(ours.Select(claim => claim.Key)));
        // What follows from the request alone is the same to the letter; the stub's policies and evidence were made up.
        foreach (var name in (string[])["x-ms-policy-result", "x-ms-policy-token-hash", "x-ms-runtime", "x-ms-sgx-ehd", "x-ms-ver", "x-ms-attestation-type"])
        {
            if (recorded[name] is { } expected) Assert.True(JsonNode.DeepEquals(expected, ours[name]), $"{exchange.Target}: {name} is {ours[name]}, recorded {expected}");
        }
    }

    private static JsonObject Payload(string answer)
    {
        var token = JsonNode.Parse(answer)!["token"]!.GetValue<string>();
        return JsonNode.Parse(Base64Url.Decode(token.Split('.')[1].AsSpan(), "token", "payload"))!.AsObject();
    }

    private string WithEvidence(RecordedExchange exchange)
    {
        var body = JsonNode.Parse(exchange.RequestBody)!.AsObject();
        var quote = _platform.SgxQuote(3, report =>
        {
            if (Data(body, "runtimeData") is { } runtime) SHA256.HashData(runtime).CopyTo(report, 320);
            if (Data(body, "initTimeData") is { } initial) SHA256.HashData(initial).CopyTo(report, 192);
        });
        if (body.ContainsKey("quote")) body["quote"] = Base64Url.Encode(quote);
        else body["report"] = Base64Url.Encode([1, 0, 0, 0, 2, 0, 0, 0, .. BitConverter.GetBytes((ulong)quote.Length), .. quote]);
        return body.ToJsonString();
    }

    private static byte[]? Data(JsonObject body, string name) => body[name]?["data"]?.GetValue<string>() is { } text ? Base64Url.Decode(text.AsSpan(), "recording", name) : null;

    private async Task<HttpResponseMessage> SendAsync(RecordedExchange exchange, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(exchange.Method), exchange.Target);
        if (body.Length > 0) request.Content = new StringContent(body, Encoding.ASCII, exchange.Target.StartsWith("/attest/", StringComparison.Ordinal) ? "application/json" : "text/plain");
        if (exchange.HasToken) request.Headers.Authorization = new("Bearer", _administrator.Token());
        return await _service.Client.SendAsync(request);
    }
}
