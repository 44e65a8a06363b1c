using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Cove.Formats.Jose;
using Cove.KeyService.Api;

namespace Cove.Services.Tests.Keys;

public sealed class KeyCryptoTests(KeyServiceFixture service) : IClassFixture<KeyServiceFixture>
{
    [Theory]
    [InlineData("RSA", "RSA1_5", "encrypt", "decrypt")]
    [InlineData("RSA", "RSA-OAEP", "encrypt", "decrypt")]
    [InlineData("RSA", "RSA-OAEP-256", "wrapkey", "unwrapkey")]
    [InlineData("oct-HSM", "A256GCM", "encrypt", "decrypt")]
    [InlineData("oct-HSM", "A256CBC", "encrypt", "decrypt")]
    [InlineData("oct-HSM", "A256CBCPAD", "encrypt", "decrypt")]
    [InlineData("oct-HSM", "A256KW", "wrapkey", "unwrapkey")]
    [InlineData("oct-HSM", "CKM_AES_KEY_WRAP", "wrapkey", "unwrapkey")]
    [InlineData("oct-HSM", "CKM_AES_KEY_WRAP_PAD", "wrapkey", "unwrapkey")]
    public async Task Gives_back_what_it_encrypted_and_nothing_when_a_bit_changed(string kty, string algorithm, string forward, string back)
    {
        await KeyAsync($"enc-{kty}", kty);
        var secret = Base64Url.Encode(RandomNumberGenerator.GetBytes(32));
        var encrypted = await RunAsync($"enc-{kty}", forward, new() { ["alg"] = algorithm, ["value"] = secret });
        Assert.NotEqual(secret, encrypted["value"]!.GetValue<string>());
        Assert.StartsWith($"{service.Url.AbsoluteUri}keys/enc-{kty}/", encrypted["kid"]!.GetValue<string>(), StringComparison.Ordinal);
        var request = new JsonObject { ["alg"] = algorithm };
        foreach (var name in (string[])["value", "iv", "tag", "aad"])
            if (encrypted[name] is { } member) request[name] = member.DeepClone();
        Assert.Equal(secret, (await RunAsync($"enc-{kty}", back, request.DeepClone().AsObject()))["value"]!.GetValue<string>());

        var bytes = Base64Url.Decode(encrypted["value"]!.GetValue<string>(), "test", "value");
        bytes[0] ^= 1;
        request["value"] = Base64Url.Encode(bytes);
        using var answer = await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, $"/keys/enc-{kty}/{back}", request.ToJsonString());
        // CBC and PKCS#1 v1.5 have no integrity: they may give other bytes, never these.
        if (answer.IsSuccessStatusCode) Assert.NotEqual(secret, (await KeyServiceFixture.OkAsync(answer))["value"]!.GetValue<string>());
        else Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("RSA", null, "RS256", 32)]
    [InlineData("RSA", null, "RS512", 64)]
    [InlineData("RSA", null, "PS384", 48)]
    [InlineData("EC", "P-256", "ES256", 32)]
    [InlineData("EC", "P-384", "ES384", 48)]
    [InlineData("EC", "P-521", "ES512", 64)]
    [InlineData("EC", "P-256K", "ES256K", 32)]
    public async Task Verifies_what_it_signed_and_not_another_digest(string kty, string? curve, string algorithm, int length)
    {
        var name = $"sig-{kty}{curve}";
        await KeyAsync(name, kty, curve);
        var digest = RandomNumberGenerator.GetBytes(length);
        var signed = await RunAsync(name, "sign", new() { ["alg"] = algorithm, ["value"] = Base64Url.Encode(digest) });
        var request = new JsonObject { ["alg"] = algorithm, ["digest"] = Base64Url.Encode(digest), ["value"] = signed["value"]!.GetValue<string>() };
        Assert.True((await RunAsync(name, "verify", request))["value"]!.GetValue<bool>());
        digest[0] ^= 1;
        request["digest"] = Base64Url.Encode(digest);
        Assert.False((await RunAsync(name, "verify", request))["value"]!.GetValue<bool>());
        request["digest"] = Base64Url.Encode(digest.AsSpan(1));
        Assert.Equal(400, (await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, $"/keys/{name}/verify", request.ToJsonString()))).Status);
    }

    [Theory]
    [InlineData("HS256", 32)]
    [InlineData("HS384", 48)]
    [InlineData("HS512", 64)]
    public async Task Signs_with_a_symmetric_key_as_rfc_2104_says(string algorithm, int length)
    {
        var secret = RandomNumberGenerator.GetBytes(length);
        var name = $"hmac-{length}";
        await ImportAsync(name, secret, """["sign","verify"]""");
        var message = "what is signed"u8.ToArray();
        var signature = (await RunAsync(name, "sign", new() { ["alg"] = algorithm, ["value"] = Base64Url.Encode(message) }))["value"]!.GetValue<string>();
        Assert.Equal(length switch { 32 => HMACSHA256.HashData(secret, message), 48 => HMACSHA384.HashData(secret, message), _ => HMACSHA512.HashData(secret, message) }, Base64Url.Decode(signature, "test", "signature"));
        Assert.True((await RunAsync(name, "verify", new() { ["alg"] = algorithm, ["digest"] = Base64Url.Encode(message), ["value"] = signature }))["value"]!.GetValue<bool>());
        message[0] ^= 1;
        Assert.False((await RunAsync(name, "verify", new() { ["alg"] = algorithm, ["digest"] = Base64Url.Encode(message), ["value"] = signature }))["value"]!.GetValue<bool>());
        await ImportAsync($"{name}-short", secret[1..], """["sign"]""");
        Assert.Equal(400, (await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, $"/keys/{name}-short/sign", $$"""{"alg":"{{algorithm}}","value":"AA"}"""))).Status);

        async Task ImportAsync(string key, byte[] k, string operations) => await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Put, $"/keys/{key}",
            $$"""{"key":{"kty":"oct-HSM","k":"{{Base64Url.Encode(k)}}","key_ops":{{operations}}} }"""));
    }

    [Theory]
    [InlineData("oct-HSM", "RSA-OAEP", "encrypt")]
    [InlineData("EC", "HS256", "sign")]
    [InlineData("oct-HSM", "A128GCM", "encrypt")]
    [InlineData("RSA", "A256GCM", "encrypt")]
    [InlineData("RSA", "ES256", "sign")]
    [InlineData("EC", "RS256", "sign")]
    [InlineData("EC", "ES384", "sign")]
    [InlineData("EC", "ES256K", "sign")]
    [InlineData("RSA", "none", "sign")]
    public async Task Refuses_an_algorithm_that_does_not_fit_the_key(string kty, string algorithm, string operation)
    {
        await KeyAsync($"fit-{kty}", kty);
        var (status, _, _, _) = await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, $"/keys/fit-{kty}/{operation}", $$"""{"alg":"{{algorithm}}","value":"{{Base64Url.Encode(new byte[32])}}"}"""));
        Assert.Equal(400, status);
    }

    [Fact]
    public async Task Refuses_an_operation_that_the_key_or_the_caller_may_not_do()
    {
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/only-sign/create", """{"kty":"RSA","key_ops":["sign"]}"""));
        var body = $$"""{"alg":"RS256","value":"{{Base64Url.Encode(new byte[32])}}"}""";
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/only-sign/sign", body));
        Assert.Equal((403, "AccessDenied"), await InnerAsync(service.Owner, "/keys/only-sign/decrypt", body));
        Assert.Equal((403, "ForbiddenByRbac"), await InnerAsync(service.Workload, "/keys/only-sign/sign", body));
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Patch, "/keys/only-sign", """{"attributes":{"enabled":false}}"""));
        Assert.Equal((403, "KeyDisabled"), await InnerAsync(service.Owner, "/keys/only-sign/sign", body));
    }

    [Fact]
    public async Task Rotation_makes_a_new_version_alike_and_keeps_the_old_one()
    {
        var old = await service.CreateReleasableAsync("rotated", "EC-HSM");
        var rotated = await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/rotated/rotate"));
        Assert.NotEqual(old["key"]!["x"]!.GetValue<string>(), rotated["key"]!["x"]!.GetValue<string>());
        Assert.Equal(old["release_policy"]!.ToJsonString(), rotated["release_policy"]!.ToJsonString());
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, new Uri(old["key"]!["kid"]!.GetValue<string>()).AbsolutePath));
        using var answer = await service.ReleaseAsync("rotated", service.Authority.Sign(service.Authority.Claims(service.WrapKey)));
        using var key = service.Open(await answer.Content.ReadAsByteArrayAsync(), "rotated");
        Assert.EndsWith(key.Id.ToString(), rotated["key"]!["kid"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rotation_policy_sets_how_long_the_next_version_lives()
    {
        await KeyAsync("aging", "EC");
        var path = "/keys/aging/rotationpolicy";
        Assert.Null((await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, path)))["attributes"]!["expiryTime"]);
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Put, path, """{"lifetimeActions":[{"trigger":{"timeBeforeExpiry":"P30D"},"action":{"type":"Rotate"}}],"attributes":{"expiryTime":"P90D"}}"""));
        var attributes = (await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/aging/rotate")))["attributes"]!;
        Assert.Equal(90 * 86400, attributes["exp"]!.GetValue<long>() - attributes["created"]!.GetValue<long>());
        Assert.Equal(400, (await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Put, path, """{"attributes":{"expiryTime":"P7D"}}"""))).Status);
        Assert.Equal(400, (await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Put, path, """{"attributes":{"expiryTime":"soon"}}"""))).Status);
    }

    [Fact]
    public async Task A_backup_restores_every_version_after_a_purge_and_only_when_unchanged()
    {
        var first = await service.CreateReleasableAsync("kept", "oct-HSM");
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/kept/rotate"));
        var blob = (await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/kept/backup")))["value"]!.GetValue<string>();
        var body = new JsonObject { ["value"] = blob }.ToJsonString();
        Assert.Equal(409, (await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/restore", body))).Status);
        await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Delete, "/keys/kept");
        await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Delete, "/deletedkeys/kept");
        var bytes = Base64Url.Decode(blob, "test", "value");
        bytes[^1] ^= 1;
        Assert.Equal(400, (await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/restore", $$"""{"value":"{{Base64Url.Encode(bytes)}}"}"""))).Status);
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/restore", body));
        Assert.True(JsonNode.DeepEquals(first, await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, new Uri(first["key"]!["kid"]!.GetValue<string>()).AbsolutePath))));
        using var answer = await service.ReleaseAsync("kept", service.Authority.Sign(service.Authority.Claims(service.WrapKey)));
        using var key = service.Open(await answer.Content.ReadAsByteArrayAsync(), "kept");
    }

    [Theory]
    [InlineData(1, 200)]
    [InlineData(128, 200)]
    [InlineData(0, 400)]
    [InlineData(129, 400)]
    public async Task Gives_random_bytes_within_the_limit(int count, int status)
    {
        using var answer = await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/rng", $$"""{"count":{{count}} }""");
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 200) Assert.Equal(count, Base64Url.Decode((await KeyServiceFixture.OkAsync(answer))["value"]!.GetValue<string>(), "test", "value").Length);
    }

    /// <summary>RFC 3394 sections 4.1, 4.3 and 4.6.</summary>
    [Theory]
    [InlineData("000102030405060708090A0B0C0D0E0F", "00112233445566778899AABBCCDDEEFF", "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5")]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF", "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7")]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F", "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21")]
    public void Wraps_as_the_RFC_does(string key, string plaintext, string ciphertext)
    {
        using var aes = Aes.Create();
        aes.Key = Convert.FromHexString(key);
        Assert.Equal(ciphertext, Convert.ToHexString(Rfc3394.Wrap(aes, Convert.FromHexString(plaintext))));
        Assert.Equal(plaintext, Convert.ToHexString(Rfc3394.Unwrap(aes, Convert.FromHexString(ciphertext))!));
        var changed = Convert.FromHexString(ciphertext);
        changed[3] ^= 1;
        Assert.Null(Rfc3394.Unwrap(aes, changed));
    }

    private async Task KeyAsync(string name, string kty, string? curve = null)
        => await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, $"/keys/{name}/create", curve is null ? $$"""{"kty":"{{kty}}"}""" : $$"""{"kty":"{{kty}}","crv":"{{curve}}"}"""));

    private async Task<JsonNode> RunAsync(string name, string operation, JsonObject body)
        => await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, $"/keys/{name}/{operation}", body.ToJsonString()));

    private static async Task<(int, string?)> InnerAsync(HttpClient client, string path, string body)
    {
        var (status, _, inner, _) = await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(client, HttpMethod.Post, path, body));
        return (status, inner);
    }
}
