using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Formats.Jose;
using Cove.KeyService.Access;
using Cove.Keys.Release;

namespace Cove.Services.Tests.Keys;

public sealed class AttackTests(KeyServiceFixture service) : IClassFixture<KeyServiceFixture>
{
    private const int BadRequests = 10_000;

    [Fact]
    public async Task Ten_thousand_bad_requests_at_once_keep_no_good_client_from_its_answers()
    {
        using var anonymous = Http2(null);
        using var workload = Http2(service.Token("workload", Caller.ReleaseRole));
        var bad = Task.WhenAll(Enumerable.Range(0, BadRequests).Select(async i =>
        {
            using var answer = (i % 5) switch
            {
                0 => await KeyServiceFixture.SendAsync(anonymous, HttpMethod.Post, "/keys/k/release", new string('{', 1000)),
                1 => await KeyServiceFixture.SendAsync(workload, HttpMethod.Post, "/keys/k/release", new string('[', 5000)),
                2 => await KeyServiceFixture.SendAsync(workload, HttpMethod.Get, $"/keys/{new string('x', 2000)}"),
                3 => await KeyServiceFixture.SendAsync(workload, HttpMethod.Put, "/keys/k", "{}"),
                _ => await KeyServiceFixture.SendAsync(workload, HttpMethod.Post, "/keys/..%2f..%2fetc/release", """{"target":"e30.e30.e30"}"""),
            };
            return (int)answer.StatusCode;
        }));
        var answered = 0;
        do
        {
            using var answer = await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, "/keys");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            answered++;
        }
        while (!bad.IsCompleted);
        Assert.All(await bad, status => Assert.InRange(status, 400, 499));
        Assert.True(answered > 1, "the good client was kept waiting until the bad ones had been served");
    }

    [Fact]
    public async Task An_access_token_for_another_vault_is_not_taken()
    {
        using var here = service.Client(service.Token("owner", Caller.OwnerRole, service.Url.AbsoluteUri.TrimEnd('/')));
        Assert.Equal(HttpStatusCode.OK, (await KeyServiceFixture.SendAsync(here, HttpMethod.Get, "/keys")).StatusCode);
        using var elsewhere = service.Client(service.Token("owner", Caller.OwnerRole, "https://other.vault.example"));
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyServiceFixture.SendAsync(elsewhere, HttpMethod.Get, "/keys")).StatusCode);
    }

    [Fact]
    public async Task Whoever_replays_an_attestation_token_gets_what_only_the_attested_workload_can_open()
    {
        await service.CreateReleasableAsync("replayed");
        using var answer = await service.ReleaseAsync("replayed", service.Authority.Sign(service.Authority.Claims(service.WrapKey)));
        var body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var trust = ReleaseTrust.InRoots("localhost", [service.Identity.Authority.Certificate]);
        Assert.True(ReleaseAnswer.ParseBody(body).Verify(trust, new("replayed"), TimeProvider.System.GetUtcNow()).IsAccepted(out var release, out _));
        using var thief = RSA.Create(2048);
        Assert.False(release.Open(thief).IsAccepted(out _, out _));
        using var key = service.Open(body, "replayed");
        Assert.True(key.Key.HasPrivateKey);
    }

    [Fact]
    public async Task A_wrapping_key_that_was_put_into_a_signed_token_gets_nothing()
    {
        await service.CreateReleasableAsync("swapped");
        using var thief = RSA.Create(2048);
        var parts = service.Authority.Sign(service.Authority.Claims(service.WrapKey)).Split('.');
        var swapped = Base64Url.Encode(Encoding.UTF8.GetBytes(service.Authority.Claims(thief).ToJsonString()));
        await DeniedAsync("swapped", $"{parts[0]}.{swapped}.{parts[2]}");
    }

    [Theory]
    [InlineData("../../../../etc/passwd")]
    [InlineData("authority-1' OR '1'='1")]
    [InlineData("authority-1\u0000")]
    [InlineData("Authority-1")]
    [InlineData("")]
    public async Task A_kid_finds_a_key_by_its_exact_name_or_none(string keyId)
    {
        await service.CreateReleasableAsync("kid");
        await DeniedAsync("kid", service.Authority.Sign(service.Authority.Claims(service.WrapKey), keyId));
    }

    [Fact]
    public async Task The_authoritys_public_key_is_no_secret_for_a_symmetric_signature()
    {
        await service.CreateReleasableAsync("confused");
        var published = service.Authority.PublishedKeys;
        var key = (RsaJwk)Jwks.Parse(published).Find("authority-1")!;
        using var rsa = key.CreateRsa();
        var signed = $"{Base64Url.Encode("""{"alg":"HS256","kid":"authority-1","typ":"JWT"}"""u8)}.{Base64Url.Encode(Encoding.UTF8.GetBytes(service.Authority.Claims(service.WrapKey).ToJsonString()))}";
        foreach (var secret in (byte[][])[published, key.Modulus.ToArray(), Encoding.UTF8.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), rsa.ExportSubjectPublicKeyInfo()])
            await DeniedAsync("confused", $"{signed}.{Base64Url.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}");
    }

    [Fact]
    public async Task A_token_that_is_too_long_is_refused_before_it_is_judged()
    {
        await service.CreateReleasableAsync("long");
        var claims = service.Authority.Claims(service.WrapKey);
        claims["padding"] = new string('a', CompactJws.MaximumLength);
        var answer = await service.ReleaseAsync("long", service.Authority.Sign(claims));
        Assert.True(answer.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.RequestEntityTooLarge, answer.StatusCode.ToString());
    }

    [Fact]
    public async Task Nothing_is_fetched_from_where_a_policy_or_a_token_says()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var elsewhere = $"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}";
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/forged/create",
            $$"""{"kty":"oct-HSM","attributes":{"exportable":true},"release_policy":{"data":"{{service.PolicyData(authority: elsewhere)}}"} }"""));
        using var mallory = RSA.Create(2048);
        using var signer = new JwsSigner(mallory, JwsAlgorithm.RS256);
        foreach (var issuer in (string[])[elsewhere, "https://169.254.169.254", service.Authority.Url])
        {
            var claims = service.Authority.Claims(service.WrapKey);
            claims["iss"] = issuer;
            await DeniedAsync("forged", signer.Sign(new JwsHeader { Algorithm = "RS256", KeyId = "mallory", KeySetUrl = $"{elsewhere}/certs", Type = "JWT" }, Encoding.UTF8.GetBytes(claims.ToJsonString())));
        }

        Assert.False(listener.Pending());
    }

    private async Task DeniedAsync(string key, string target)
    {
        var (status, _, inner, message) = await KeyServiceFixture.ErrorAsync(await service.ReleaseAsync(key, target));
        Assert.Equal((403, "AccessDenied"), (status, inner));
        Assert.StartsWith("Target environment attestation statement cannot be verified", message, StringComparison.Ordinal);
    }

    // Streams of few connections: ten thousand requests are under way at once.
    private HttpClient Http2(string? token)
    {
        var client = token is null ? service.Identity.Client(service.Url) : service.Client(token);
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        client.Timeout = TimeSpan.FromMinutes(5);
        return client;
    }
}
