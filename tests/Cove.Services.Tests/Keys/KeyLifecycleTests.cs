using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Formats.Jose;

namespace Cove.Services.Tests.Keys;

public sealed class KeyLifecycleTests(KeyServiceFixture service) : IClassFixture<KeyServiceFixture>
{
    [Theory]
    [InlineData("""{"kty":"RSA"}""", "RSA", 2048)]
    [InlineData("""{"kty":"RSA-HSM","key_size":3072}""", "RSA-HSM", 3072)]
    [InlineData("""{"KTY":"EC","crv":"P-384"}""", "EC", 0)]
    [InlineData("""{"kty":"EC-HSM","crv":"P-521","attributes":{}}""", "EC-HSM", 0)]
    [InlineData("""{"kty":"oct-HSM","key_size":128}""", "oct-HSM", 0)]
    public async Task Makes_keys_of_every_kind_and_shows_their_public_part(string body, string kty, int bits)
    {
        var bundle = await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/kinds/create?api%2Dversion=2025-07-01", body));
        var key = bundle["key"]!.AsObject();
        Assert.Equal(kty, key["kty"]!.GetValue<string>());
        Assert.NotEmpty(key["key_ops"]!.AsArray());
        if (bits > 0) Assert.Equal(bits / 8, Base64Url.Decode(key["n"]!.GetValue<string>(), "test", "n").Length);
        foreach (var secret in (string[])["d", "p", "q", "dp", "dq", "qi", "k"]) Assert.False(key.ContainsKey(secret));
        Assert.True(bundle["attributes"]!["enabled"]!.GetValue<bool>());
        var got = await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Workload, HttpMethod.Get, new Uri(key["kid"]!.GetValue<string>()).AbsolutePath));
        Assert.True(JsonNode.DeepEquals(bundle, got));
    }

    [Fact]
    public async Task The_newest_version_is_the_one_without_a_version_however_the_path_is_written()
    {
        var first = await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/versions-of/create", """{"kty":"EC"}"""));
        var second = await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/versions-of/create", """{"kty":"EC"}"""));
        Assert.NotEqual(first["key"]!["kid"]!.GetValue<string>(), second["key"]!["kid"]!.GetValue<string>());
        foreach (var path in (string[])["/keys/versions-of", "/keys/versions-of/", "/keys//versions-of//", "/KEYS/VERSIONS-OF"])
            Assert.Equal(second["key"]!["kid"]!.GetValue<string>(), (await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, path)))["key"]!["kid"]!.GetValue<string>());
        var versions = await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, "/keys/versions-of/versions"));
        Assert.Equal([first["key"]!["kid"]!.GetValue<string>(), second["key"]!["kid"]!.GetValue<string>()], versions["value"]!.AsArray().Select(v => v!["kid"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Lists_in_pages_until_nothing_is_left()
    {
        await using var fresh = new KeyServiceFixture();
        await fresh.InitializeAsync();
        for (var i = 0; i < 7; i++) await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(fresh.Owner, HttpMethod.Post, $"/keys/k{i}/create", """{"kty":"EC"}"""));
        var seen = new List<string>();
        var next = "/keys?api-version=7.4&maxresults=3";
        for (var pages = 0; next is not null; pages++)
        {
            Assert.True(pages < 5);
            var page = await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(fresh.Owner, HttpMethod.Get, next));
            seen.AddRange(page["value"]!.AsArray().Select(v => new Uri(v!["kid"]!.GetValue<string>()).AbsolutePath));
            Assert.True(page.AsObject().ContainsKey("nextLink"));
            next = page["nextLink"]?.GetValue<string>() is { } link ? new Uri(link).PathAndQuery : null;
        }

        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"/keys/k{i}"), seen);
    }

    [Theory]
    [InlineData("""{"kty":"RSA-HSM","attributes":{"exportable":true}}""", "AKV.SKR.1004")]
    [InlineData("""{"kty":"RSA-HSM","release_policy":{"data":"POLICY"}}""", "AKV.SKR.1005")]
    [InlineData("""{"kty":"RSA","attributes":{"exportable":true},"release_policy":{"data":"POLICY"}}""", "AKV.SKR.1006")]
    [InlineData("""{"kty":"RSA-HSM","attributes":{"exportable":true},"release_policy":{"data":"e30"}}""", "Key Release Policy: version is missing")]
    [InlineData("""{"kty":"RSA-HSM","attributes":{"exportable":true},"release_policy":{"data":"no json"}}""", "base64url")]
    [InlineData("""{"kty":"DSA"}""", "kty DSA")]
    [InlineData("""{"kty":"RSA","key_size":1024}""", "key_size 1024")]
    [InlineData("""{"kty":"RSA","public_exponent":3}""", "public_exponent")]
    [InlineData("""{"kty":"EC","crv":"P-192"}""", "crv P-192")]
    [InlineData("""{"kty":"RSA","key_ops":["fly"]}""", "fly")]
    [InlineData("""{"kty":"RSA","attributes":{"nbf":20,"exp":10}}""", "nbf")]
    [InlineData("""{"kty":"RSA","attributes":{"nbf":"soon"}}""", "nbf")]
    [InlineData("""{}""", "kty is required")]
    public async Task Refuses_a_key_that_breaks_a_rule(string body, string reason)
    {
        var (status, code, _, message) = await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/broken/create", body.Replace("POLICY", service.PolicyData(), StringComparison.Ordinal)));
        Assert.Equal((400, "BadParameter"), (status, code));
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, "/keys/broken")).StatusCode);
    }

    [Fact]
    public async Task A_policy_can_change_until_it_is_immutable_and_exportable_never()
    {
        await service.CreateReleasableAsync("policies");
        var changed = await PatchAsync("/keys/policies/", $$"""{"release_policy":{"data":"{{service.PolicyData(value: "ccdd")}}","immutable":true} }""");
        Assert.Contains("ccdd", Encoding.UTF8.GetString(Base64Url.Decode((await KeyServiceFixture.OkAsync(changed))["release_policy"]!["data"]!.GetValue<string>(), "test", "data")), StringComparison.Ordinal);
        await ExpectAsync("AKV.SKR.1020", await PatchAsync("/keys/policies", $$"""{"release_policy":{"data":"{{service.PolicyData()}}"} }"""));
        await ExpectAsync("AKV.SKR.1014", await PatchAsync("/keys/policies", """{"attributes":{"exportable":false}}"""));
        var version = new Uri((await KeyServiceFixture.OkAsync(await PatchAsync("/keys/policies", """{"attributes":{"enabled":true},"tags":{"a":"b"}}""")))["key"]!["kid"]!.GetValue<string>()).AbsolutePath;
        await service.CreateReleasableAsync("policies-2");
        await ExpectAsync("AKV.SKR.1016", await PatchAsync(version, $$"""{"release_policy":{"data":"{{service.PolicyData()}}"} }"""));
        await ExpectAsync("AKV.SKR.1003", await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/policies/create", """{"kty":"oct-HSM"}"""));
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/plain/create", """{"kty":"RSA-HSM"}"""));
        await ExpectAsync("AKV.SKR.1005", await PatchAsync("/keys/plain", $$"""{"release_policy":{"data":"{{service.PolicyData()}}"} }"""));
    }

    [Fact]
    public async Task A_deleted_key_can_be_recovered_until_it_is_purged()
    {
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/gone/create", """{"kty":"EC"}"""));
        var deleted = await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Delete, "/keys/gone"));
        Assert.EndsWith("/deletedkeys/gone", deleted["recoveryId"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, "/keys/gone")).StatusCode);
        Assert.Equal("ObjectIsDeletedButRecoverable", (await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/gone/create", """{"kty":"EC"}"""))).Inner);
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, "/deletedkeys/gone"));
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/deletedkeys/gone/recover"));
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, "/keys/gone"));
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Delete, "/keys/gone"));
        var purge = await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Delete, "/deletedkeys/gone");
        Assert.Equal((HttpStatusCode.NoContent, ""), (purge.StatusCode, await purge.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.NotFound, (await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Get, "/deletedkeys/gone")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Delete, "/deletedkeys/gone")).StatusCode);
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, "/keys/gone/create", """{"kty":"EC"}"""));
    }

    [Fact]
    public async Task An_imported_key_must_be_whole_and_belong_together()
    {
        using var rsa = RSA.Create(2048);
        var jwk = JsonNode.Parse(RsaJwk.FromRsa(rsa, true).ToJson(true))!.AsObject();
        var bundle = await KeyServiceFixture.OkAsync(await ImportAsync(jwk));
        Assert.Equal(jwk["n"]!.GetValue<string>(), bundle["key"]!["n"]!.GetValue<string>());
        using var other = RSA.Create(2048);
        var mixed = jwk.DeepClone().AsObject();
        mixed["n"] = Base64Url.Encode(other.ExportParameters(false).Modulus);
        await ExpectAsync("JSON Web Key", await ImportAsync(mixed));
        var publicOnly = JsonNode.Parse(RsaJwk.FromRsa(rsa, false).ToJson(false))!.AsObject();
        await ExpectAsync("JSON Web Key: d is required", await ImportAsync(publicOnly));
        await ExpectAsync("maximum size is 64", await ImportAsync(new() { ["kty"] = "oct", ["k"] = Base64Url.Encode(new byte[65]) }));
    }

    [Fact]
    public async Task A_private_key_is_nowhere_in_the_files()
    {
        await using var fresh = new KeyServiceFixture();
        await fresh.InitializeAsync();
        var secret = RandomNumberGenerator.GetBytes(32);
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(fresh.Owner, HttpMethod.Put, "/keys/hidden", $$"""{"key":{"kty":"oct-HSM","k":"{{Base64Url.Encode(secret)}}"} }"""));
        foreach (var file in Directory.GetFiles(fresh.Identity.Folder.FullName, "keys.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
            Assert.Equal(-1, copy.ToArray().AsSpan().IndexOf(secret));
            Assert.Equal(-1, copy.ToArray().AsSpan().IndexOf(Encoding.ASCII.GetBytes(Base64Url.Encode(secret))));
        }
    }

    private static async Task ExpectAsync(string reason, HttpResponseMessage answer)
    {
        var (status, code, _, message) = await KeyServiceFixture.ErrorAsync(answer);
        Assert.Equal((400, "BadParameter"), (status, code));
        Assert.Contains(reason, message, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> ImportAsync(JsonObject jwk)
        => KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Put, "/keys/imports", new JsonObject { ["Hsm"] = true, ["key"] = jwk.DeepClone() }.ToJsonString());

    private Task<HttpResponseMessage> PatchAsync(string path, string body) => KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Patch, path, body);
}
