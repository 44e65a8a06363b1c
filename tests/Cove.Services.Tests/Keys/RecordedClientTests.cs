using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cove.Formats.Jose;
using Cove.Tests;

namespace Cove.Services.Tests.Keys;

/// <summary>The requests that the real JavaScript and Python clients sent, replayed byte for byte except for the token, the target and the authority.</summary>
public sealed partial class RecordedClientTests
{
    /// <summary>Not served: HSM attestation of a key, role assignments and settings; and the recordings' backup blob, which is none.</summary>
    private static readonly string[] NotServed = ["/attestation?", "/keys/restore?", "/providers/", "/settings?", "/backup"];

    [Theory]
    [InlineData("js-keyvault.http.txt")]
    [InlineData("py-keyvault.http.txt")]
    public async Task Answers_every_recorded_request_with_the_recorded_status_and_members(string recording)
    {
        await using var service = new KeyServiceFixture();
        await service.InitializeAsync();
        var versions = new Dictionary<string, string>(StringComparer.Ordinal);
        string? lastEncryption = null;
        var replayed = 0;
        foreach (var exchange in RecordedExchange.Read(Vectors.Path("wire", "azure-clients", recording)))
        {
            if (NotServed.Any(n => exchange.Target.Contains(n, StringComparison.Ordinal))) continue;
            var target = versions.Aggregate(exchange.Target, (t, v) => t.Replace(v.Key, v.Value, StringComparison.Ordinal));
            var body = Adapt(exchange, service, lastEncryption);
            using var answer = await KeyServiceFixture.SendAsync(exchange.HasToken ? service.Owner : service.Anonymous, new(exchange.Method), target, body);
            var text = await answer.Content.ReadAsStringAsync();
            replayed++;
            if (exchange.Method == "PATCH" && body!.Contains("release_policy", StringComparison.Ordinal))
            {
                // The recording's stub let an immutable policy change; the real services do not, and neither do we.
                Assert.Equal(400, (int)answer.StatusCode);
                Assert.Matches("AKV[.]SKR[.]10(16|20)", text);
                continue;
            }

            if (lastEncryption is null && exchange.Target.Contains("/unwrapkey?", StringComparison.Ordinal))
            {
                // The recording's stub unwraps anything; these bytes no key ever wrapped.
                Assert.Equal(400, (int)answer.StatusCode);
                continue;
            }

            Assert.True(exchange.Status == (int)answer.StatusCode, $"{exchange.Method} {exchange.Target} {body}: recorded {exchange.Status}, got {(int)answer.StatusCode} {text}");
            if (exchange.AnswerBody.Length > 0 && !exchange.AnswerBody.EndsWith('…')) AssertMembers(exchange, JsonNode.Parse(text)!, JsonNode.Parse(exchange.AnswerBody)!);
            foreach (var (theirs, ours) in VersionIn().Matches(exchange.AnswerBody).Zip(VersionIn().Matches(text))) versions.TryAdd(theirs.Value, ours.Value);
            if (exchange.Target.Contains("/wrapkey?", StringComparison.Ordinal) || exchange.Target.Contains("/encrypt?", StringComparison.Ordinal)) lastEncryption = text;
        }

        Assert.True(replayed >= 15, $"only {replayed} requests were replayed");
    }

    /// <summary>What belongs to the recording's own service gets ours: the authority in policies, the attestation token, and ciphertexts.</summary>
    private static string? Adapt(RecordedExchange exchange, KeyServiceFixture service, string? lastEncryption)
    {
        if (exchange.RequestBody.Length == 0) return null;
        var body = JsonNode.Parse(exchange.RequestBody)!.AsObject();
        if (body["release_policy"]?["data"] is not null) body["release_policy"]!["data"] = service.PolicyData();
        if (body["target"] is not null) body["target"] = service.Authority.Sign(service.Authority.Claims(service.WrapKey));
        if (lastEncryption is not null && (exchange.Target.Contains("/unwrapkey?", StringComparison.Ordinal) || exchange.Target.Contains("/decrypt?", StringComparison.Ordinal)))
        {
            foreach (var (name, value) in JsonNode.Parse(lastEncryption)!.AsObject())
                if (name != "kid") body[name] = value!.DeepClone();
        }

        return body.ToJsonString();
    }

    private static void AssertMembers(RecordedExchange exchange, JsonNode ours, JsonNode recorded)
    {
        var present = RecordedExchange.Members(ours).ToHashSet(StringComparer.Ordinal);
        var kty = recorded["key"]?["kty"]?.GetValue<string>() ?? "";
        foreach (var member in RecordedExchange.Members(recorded))
        {
            // The recording's stub gave RSA numbers to every key, and iv and tag to every ciphertext.
            if (member is ".key.n" or ".key.e" && !kty.StartsWith("RSA", StringComparison.Ordinal)) continue;
            if (member is ".iv" or ".tag" or ".aad") continue;
            Assert.True(present.Contains(member), $"{exchange.Method} {exchange.Target}: the recorded answer has {member}, ours is {ours.ToJsonString()}");
        }
    }

    [GeneratedRegex("[0-9a-f]{32}", RegexOptions.NonBacktracking)]
    private static partial Regex VersionIn();
}
