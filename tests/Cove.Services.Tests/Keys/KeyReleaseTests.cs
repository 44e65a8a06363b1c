using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Formats.Jose;

namespace Cove.Services.Tests.Keys;

public sealed class KeyReleaseTests(KeyServiceFixture service) : IClassFixture<KeyServiceFixture>
{
    [Theory]
    [InlineData("RSA-HSM")]
    [InlineData("EC-HSM")]
    [InlineData("oct-HSM")]
    public async Task Releases_a_key_to_the_workload_that_its_policy_names(string kty)
    {
        var name = $"good-{kty}";
        var bundle = await service.CreateReleasableAsync(name, kty);
        using var answer = await service.ReleaseAsync(name, service.Authority.Sign(service.Authority.Claims(service.WrapKey)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var key = service.Open(await answer.Content.ReadAsByteArrayAsync(), name);
        Assert.Equal(bundle["key"]!["kid"]!.GetValue<string>(), $"{service.Url.AbsoluteUri}keys/{key.Id}");
        Assert.True(key.Key.HasPrivateKey);
    }

    [Fact]
    public async Task Releases_the_imported_secret_itself_with_the_algorithm_and_nonce_asked_for()
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        // As the reference import tool writes it: lower-case hsm, key_size, padded base64.
        var body = $$"""{"hsm":true,"key":{"kty":"oct","key_size":256,"k":"{{Convert.ToBase64String(secret)}}"},"attributes":{"exportable":true},"release_policy":{"contentType":"application/json; charset=utf-8","data":"{{service.PolicyData()}}"} }""";
        var bundle = await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Put, "/keys/imported", body));
        Assert.Equal("oct-HSM", bundle["key"]!["kty"]!.GetValue<string>());
        Assert.Null(bundle["key"]!["k"]);
        var target = service.Authority.Sign(service.Authority.Claims(service.WrapKey));
        using var answer = await KeyServiceFixture.SendAsync(service.Workload, HttpMethod.Post, "/keys/imported//release?api%2Dversion=7.4-preview.1", $$"""{"target":"{{target}}","enc":"RSA_AES_KEY_WRAP_384","nonce":"n0nce"}""");
        var json = await answer.Content.ReadAsByteArrayAsync();
        using var key = service.Open(json, "imported");
        Assert.Equal(secret, ((OctJwk)key.Key).Key.ToArray());
        var payload = JsonNode.Parse(Base64Url.Decode(JsonNode.Parse(json)!["value"]!.GetValue<string>().Split('.')[1], "test", "payload"))!;
        Assert.Equal("""{"api-version":"7.4-preview.1","enc":"RSA_AES_KEY_WRAP_384","kid":"URL/keys/imported","nonce":"n0nce"}""".Replace("URL/", service.Url.AbsoluteUri, StringComparison.Ordinal), payload["request"]!.ToJsonString());
    }

    [Theory]
    [InlineData("x-ms-sevsnpvm-hostdata", "ccdd", "x-ms-sevsnpvm-hostdata: expected equals aabb, got ccdd")]
    [InlineData("x-ms-sevsnpvm-hostdata", null, "x-ms-sevsnpvm-hostdata: expected equals aabb, got absent")]
    [InlineData("x-ms-runtime", null, "x-ms-runtime: expected an object with keys, got absent")]
    [InlineData("iss", "https://other.test", "iss")]
    [InlineData("iss", "https://localhost:1", "iss")]
    public async Task Denies_with_the_claim_that_failed(string claim, string? value, string reason)
    {
        await service.CreateReleasableAsync("denied");
        var claims = service.Authority.Claims(service.WrapKey);
        if (value is null) claims.Remove(claim);
        else claims[claim] = value;
        var (status, code, inner, message) = await KeyServiceFixture.ErrorAsync(await service.ReleaseAsync("denied", service.Authority.Sign(claims)));
        Assert.Equal((403, "Forbidden", "AccessDenied"), (status, code, inner));
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exp", -3600, "token-expired")]
    [InlineData("nbf", 3600, "token-not-yet-valid")]
    public async Task Denies_a_token_outside_its_lifetime(string claim, int seconds, string reason)
    {
        await service.CreateReleasableAsync("dated");
        var claims = service.Authority.Claims(service.WrapKey);
        claims[claim] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + seconds;
        var (status, _, _, message) = await KeyServiceFixture.ErrorAsync(await service.ReleaseAsync("dated", service.Authority.Sign(claims)));
        Assert.Equal(403, status);
        Assert.Contains("Target environment attestation statement cannot be verified", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Denies_a_token_that_the_authority_did_not_sign()
    {
        await service.CreateReleasableAsync("signed");
        var claims = service.Authority.Claims(service.WrapKey);
        var good = service.Authority.Sign(claims);
        var parts = good.Split('.');
        using var mallory = RSA.Create(2048);
        using var signer = new JwsSigner(mallory, JwsAlgorithm.RS256);
        var payload = Base64Url.Decode(parts[1], "test", "payload");
        string[] bad =
        [
            signer.Sign(new JwsHeader { Algorithm = "RS256", KeyId = "authority-1" }, payload),
            signer.Sign(new JwsHeader { Algorithm = "RS256", KeyId = "mallory", KeySetUrl = "https://mallory.test/keys" }, payload),
            signer.Sign(new JwsHeader { Algorithm = "RS256" }, payload),
            $"{Base64Url.Encode("""{"alg":"none","kid":"authority-1"}"""u8)}.{parts[1]}.",
            $"{Base64Url.Encode("""{"alg":"HS256","kid":"authority-1"}"""u8)}.{parts[1]}.{Base64Url.Encode(HMACSHA256.HashData("key"u8, "x"u8))}",
            $"{parts[0]}.{parts[1]}.{parts[2][..^2]}",
            "not a token",
        ];
        foreach (var target in bad)
        {
            var (status, _, inner, message) = await KeyServiceFixture.ErrorAsync(await service.ReleaseAsync("signed", target));
            Assert.Equal((403, "AccessDenied"), (status, inner));
            Assert.StartsWith("Target environment attestation statement cannot be verified", message, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await service.ReleaseAsync("signed", good)).StatusCode);
    }

    [Fact]
    public async Task Follows_the_authority_when_its_key_rotates_but_is_not_made_to_fetch_for_every_bad_token()
    {
        await using var fresh = new KeyServiceFixture();
        await fresh.InitializeAsync();
        await fresh.CreateReleasableAsync("rotating");
        var claims = fresh.Authority.Claims(fresh.WrapKey);
        fresh.Authority.RotateKey("authority-2");
        Assert.Equal(HttpStatusCode.OK, (await fresh.ReleaseAsync("rotating", fresh.Authority.Sign(claims))).StatusCode);
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.Forbidden, (await fresh.ReleaseAsync("rotating", fresh.Authority.Sign(claims, keyId: $"unknown-{i}"))).StatusCode);
        Assert.Equal(1, fresh.Authority.Fetches);
    }

    [Fact]
    public async Task An_authority_that_names_keys_of_another_origin_is_unavailable_and_nothing_is_released()
    {
        await using var fresh = new KeyServiceFixture();
        await fresh.InitializeAsync();
        await fresh.CreateReleasableAsync("origin");
        fresh.Authority.JwksUri = "https://localhost:1/certs";
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await fresh.ReleaseAsync("origin", fresh.Authority.Sign(fresh.Authority.Claims(fresh.WrapKey)))).StatusCode);
    }

    [Fact]
    public async Task Denies_a_key_that_may_not_leave()
    {
        var target = service.Authority.Sign(service.Authority.Claims(service.WrapKey));
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/stays/create", """{"kty":"RSA"}"""));
        Assert.Contains("release-key-not-exportable", (await KeyServiceFixture.ErrorAsync(await service.ReleaseAsync("stays", target))).Message, StringComparison.Ordinal);

        await service.CreateReleasableAsync("disabled");
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Patch, "/keys/disabled/", """{"attributes":{"enabled":false}}"""));
        var disabled = await KeyServiceFixture.ErrorAsync(await service.ReleaseAsync("disabled", target));
        Assert.Equal((403, "KeyDisabled"), (disabled.Status, disabled.Inner));

        await service.CreateReleasableAsync("deleted");
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Delete, "/keys/deleted"));
        Assert.Equal((404, "KeyNotFound"), ((await KeyServiceFixture.ErrorAsync(await service.ReleaseAsync("deleted", target))).Status, "KeyNotFound"));
        Assert.Equal(404, (await KeyServiceFixture.ErrorAsync(await service.ReleaseAsync("never-was", target))).Status);
    }

    [Fact]
    public async Task A_caller_needs_the_role()
    {
        await service.CreateReleasableAsync("roles");
        var target = service.Authority.Sign(service.Authority.Claims(service.WrapKey));
        using var nobody = service.Client(service.Token("nobody", null));
        var denied = await KeyServiceFixture.ErrorAsync(await service.ReleaseAsync("roles", target, nobody));
        Assert.Equal((403, "ForbiddenByRbac"), (denied.Status, denied.Inner));
        Assert.Equal(HttpStatusCode.OK, (await service.ReleaseAsync("roles", target)).StatusCode);
        var create = await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Workload, HttpMethod.Post, "/keys/more/create", """{"kty":"RSA"}"""));
        Assert.Equal((403, "ForbiddenByRbac"), (create.Status, create.Inner));
    }

    [Fact]
    public async Task Every_release_and_denial_is_in_the_log_and_the_log_shows_a_change()
    {
        await using var fresh = new KeyServiceFixture();
        await fresh.InitializeAsync();
        await fresh.CreateReleasableAsync("logged");
        var claims = fresh.Authority.Claims(fresh.WrapKey);
        await fresh.ReleaseAsync("logged", fresh.Authority.Sign(claims));
        claims["x-ms-sevsnpvm-hostdata"] = "ccdd";
        await fresh.ReleaseAsync("logged", fresh.Authority.Sign(claims));
        Assert.Equal((3, null), AuditTrail.Follow(fresh.Server.Audit));

        var file = Path.Combine(fresh.Identity.Folder.FullName, "keys.db");
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(CAST(entry AS TEXT), char(10)) FROM audit";
        var text = (string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
        Assert.Contains("\"operation\":\"release\"", text, StringComparison.Ordinal);
        Assert.Contains("\"outcome\":\"denied\"", text, StringComparison.Ordinal);
        Assert.Contains("ccdd", text, StringComparison.Ordinal);
        command.CommandText = "DELETE FROM audit WHERE seq = 2";
        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(() => command.ExecuteNonQueryAsync());
        command.CommandText = "DROP TRIGGER audit_forgets_nothing; DELETE FROM audit WHERE seq = 2";
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1, "audit-record-missing"), AuditTrail.Follow(fresh.Server.Audit));
    }

    [Theory]
    [InlineData("""{"target":""}""", 403)]
    [InlineData("""{"enc":"RSA_AES_KEY_WRAP_256"}""", 400)]
    [InlineData("""{"target":"a.b.c","enc":"RSA-OAEP"}""", 400)]
    [InlineData("""{"target":1}""", 400)]
    [InlineData("""{"target":"a","Target":"b"}""", 400)]
    [InlineData("[]", 400)]
    [InlineData("", 400)]
    public async Task Refuses_a_request_that_is_none(string body, int status)
    {
        await service.CreateReleasableAsync("bodies");
        Assert.Equal(status, (await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Workload, HttpMethod.Post, "/keys/bodies/release", body))).Status);
    }

    [Fact]
    public async Task Refuses_a_request_over_the_limit()
        => Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await service.ReleaseAsync("any", new string('a', 200_000))).StatusCode);
}
