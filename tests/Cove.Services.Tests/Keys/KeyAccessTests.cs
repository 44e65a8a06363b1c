using System.Net;
using System.Security.Cryptography;
using Cove.Formats.Jose;
using Cove.KeyService.Access;

namespace Cove.Services.Tests.Keys;

public sealed class KeyAccessTests(KeyServiceFixture service) : IClassFixture<KeyServiceFixture>
{
    [Theory]
    [InlineData("POST", "/keys/k1/create?api%2Dversion=2025-07-01")]
    [InlineData("GET", "/keys")]
    [InlineData("GET", "/nowhere")]
    public async Task Challenges_before_anything_else(string method, string path)
    {
        var answer = await KeyServiceFixture.SendAsync(service.Anonymous, new(method), path);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal($"Bearer authorization=\"{KeyServiceFixture.Issuer}\", resource=\"https://vault.azure.net\"", Assert.Single(answer.Headers.GetValues("WWW-Authenticate")));
        Assert.Equal("""{"error":{"code":"Unauthorized","message":"AKV10000: Request is missing a Bearer or PoP token."}}""", await answer.Content.ReadAsStringAsync());
        Assert.True(answer.Headers.Contains("x-ms-request-id"));
    }

    [Theory]
    [InlineData("https://vault.azure.net", true)]
    [InlineData("https://managedhsm.azure.net/", true)]
    [InlineData("https://storage.azure.com", false)]
    public async Task Accepts_tokens_for_this_audience_only(string audience, bool accepted)
    {
        using var client = service.Client(service.Token("owner", Caller.OwnerRole, audience));
        Assert.Equal(accepted ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, (await KeyServiceFixture.SendAsync(client, HttpMethod.Get, "/keys")).StatusCode);
    }

    [Fact]
    public async Task Refuses_tokens_of_another_issuer_expired_or_signed_by_another_key()
    {
        using var mallory = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = new AccessTokenIssuer(new(mallory, JwsAlgorithm.ES256), "issuer-1", KeyServiceFixture.Issuer, TimeProvider.System).Mint("https://vault.azure.net", "owner", [Caller.OwnerRole], TimeSpan.FromMinutes(1));
        string[] bad =
        [
            service.Token("owner", Caller.OwnerRole, issuer: "https://elsewhere.test"),
            service.Token("owner", Caller.OwnerRole, lifetime: TimeSpan.FromMinutes(-5)),
            forged,
            "garbage",
            "e30.e30.",
            new string('a', 20_000),
        ];
        foreach (var token in bad)
        {
            using var client = service.Client(token);
            var answer = await KeyServiceFixture.SendAsync(client, HttpMethod.Get, "/keys");
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            Assert.True(answer.Headers.Contains("WWW-Authenticate"));
        }
    }

    [Theory]
    [InlineData("7.4", 200)]
    [InlineData("7.6-preview.2", 200)]
    [InlineData("2026-03-01-preview", 200)]
    [InlineData("latest", 400)]
    [InlineData("", 400)]
    public async Task Wants_a_version_and_accepts_any_well_formed_one(string version, int status)
        => Assert.Equal(status, (int)(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, $"/keys?api-version={version}")).StatusCode);

    [Fact]
    public async Task Echoes_the_clients_request_id()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/keys?api-version=7.4");
        request.Headers.Add("x-ms-client-request-id", "mine");
        var answer = await service.Owner.SendAsync(request);
        Assert.Equal("mine", Assert.Single(answer.Headers.GetValues("x-ms-client-request-id")));
    }
}
