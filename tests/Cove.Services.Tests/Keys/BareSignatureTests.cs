using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Cove.Formats.Certificates;
using Cove.Formats.Jose;

namespace Cove.Services.Tests.Keys;

/// <summary>RSNULL against the openssl program, which makes the same signatures from the same key: PKCS#1 v1.5 has no randomness.</summary>
public sealed class BareSignatureTests(KeyServiceFixture service) : IClassFixture<KeyServiceFixture>
{
    private const string OpenSsl = "/usr/bin/openssl";

    /// <summary>The DigestInfo of SHA-256 up to the digest (RFC 8017 9.2, note 1).</summary>
    private static readonly byte[] Sha256Info = Convert.FromHexString("3031300d060960864801650304020105000420");

    [Theory]
    [InlineData(2048, 1)]
    [InlineData(2048, 36)]
    [InlineData(2048, 245)]
    [InlineData(3072, 64)]
    [InlineData(4096, 501)]
    public async Task Signs_the_callers_bytes_as_openssl_does(int bits, int length)
    {
        Assert.SkipUnless(File.Exists(OpenSsl), "openssl is not here: apt-get install openssl");
        using var rsa = await ImportAsync($"bare-{bits}-{length}", bits);
        var value = RandomNumberGenerator.GetBytes(length);
        var signature = Base64Url.Decode((await SignAsync($"bare-{bits}-{length}", "RSNULL", value))["value"]!.GetValue<string>(), "test", "value");
        var folder = Directory.CreateTempSubdirectory("cove-bare-");
        try
        {
            string In(string name) => Path.Combine(folder.FullName, name);
            PrivateFile.Write(In("key.pem"), System.Text.Encoding.ASCII.GetBytes(rsa.ExportPkcs8PrivateKeyPem()));
            await File.WriteAllBytesAsync(In("value"), value, TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(In("ours"), signature, TestContext.Current.CancellationToken);
            Assert.Equal(0, await RunAsync("pkeyutl", "-verifyrecover", "-inkey", In("key.pem"), "-in", In("ours"), "-out", In("recovered")));
            Assert.Equal(value, await File.ReadAllBytesAsync(In("recovered"), TestContext.Current.CancellationToken));
            // The program signs no more than the longest digest.
            if (length > 64) return;
            Assert.Equal(0, await RunAsync("pkeyutl", "-sign", "-inkey", In("key.pem"), "-in", In("value"), "-out", In("theirs")));
            Assert.Equal(await File.ReadAllBytesAsync(In("theirs"), TestContext.Current.CancellationToken), signature);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task With_the_digest_info_written_by_the_caller_it_is_RS256()
    {
        using var rsa = await ImportAsync("bare-info", 2048);
        var digest = RandomNumberGenerator.GetBytes(32);
        var bare = (await SignAsync("bare-info", "RSNULL", [.. Sha256Info, .. digest]))["value"]!.GetValue<string>();
        Assert.Equal((await SignAsync("bare-info", "RS256", digest))["value"]!.GetValue<string>(), bare);
        Assert.True(await VerifyAsync("bare-info", "RS256", digest, Base64Url.Decode(bare, "test", "value")));
        Assert.False(await VerifyAsync("bare-info", "RSNULL", digest, Base64Url.Decode(bare, "test", "value")));
    }

    [Fact]
    public async Task Verifies_what_it_signed_and_nothing_else()
    {
        using var rsa = await ImportAsync("bare-verify", 2048);
        var value = RandomNumberGenerator.GetBytes(36);
        var signature = Base64Url.Decode((await SignAsync("bare-verify", "RSNULL", value))["value"]!.GetValue<string>(), "test", "value");
        Assert.True(await VerifyAsync("bare-verify", "RSNULL", value, signature));
        Assert.False(await VerifyAsync("bare-verify", "RSNULL", value[1..], signature));
        Assert.False(await VerifyAsync("bare-verify", "RSNULL", [.. value, 0], signature));
        Assert.False(await VerifyAsync("bare-verify", "RSNULL", value, signature[1..]));
        Assert.False(await VerifyAsync("bare-verify", "RSNULL", value, [0, .. signature]));
        Assert.False(await VerifyAsync("bare-verify", "RSNULL", value, []));
        // A number above the modulus, which is no signature at all.
        Assert.False(await VerifyAsync("bare-verify", "RSNULL", value, Enumerable.Repeat((byte)0xff, signature.Length).ToArray()));
        foreach (var at in (int[])[0, 100, signature.Length - 1])
        {
            var changed = signature.ToArray();
            changed[at] ^= 1;
            Assert.False(await VerifyAsync("bare-verify", "RSNULL", value, changed));
        }

        // Another key of the same size.
        using var other = await ImportAsync("bare-other", 2048);
        Assert.False(await VerifyAsync("bare-other", "RSNULL", value, signature));
    }

    [Theory]
    [InlineData("RSA", 0, "expected 1 to 245")]
    [InlineData("RSA", 246, "expected 1 to 245")]
    [InlineData("RSA", 256, "expected 1 to 245")]
    [InlineData("EC", 32, "does not fit")]
    [InlineData("oct-HSM", 32, "does not fit")]
    public async Task Refuses_what_does_not_fit_the_key(string kty, int length, string reason)
    {
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, $"/keys/bare-fit-{kty}/create", $$"""{"kty":"{{kty}}","key_ops":["sign","verify"]}"""));
        var value = Base64Url.Encode(new byte[length]);
        foreach (var (operation, body) in (IEnumerable<(string, JsonObject)>)[("sign", new() { ["value"] = value }), ("verify", new() { ["digest"] = value, ["value"] = Base64Url.Encode(new byte[256]) })])
        {
            body["alg"] = "RSNULL";
            var (status, code, _, message) = await KeyServiceFixture.ErrorAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, $"/keys/bare-fit-{kty}/{operation}", body.ToJsonString()));
            Assert.Equal((400, "BadParameter"), (status, code));
            Assert.Contains(reason, message, StringComparison.Ordinal);
        }
    }

    private async Task<RSA> ImportAsync(string name, int bits)
    {
        var rsa = RSA.Create(bits);
        using var jwk = RsaJwk.FromRsa(rsa, includePrivate: true, keyOperations: ["sign", "verify"]);
        await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Put, $"/keys/{name}", new JsonObject { ["key"] = JsonNode.Parse(jwk.ToJson(includePrivate: true)) }.ToJsonString()));
        return rsa;
    }

    private async Task<JsonNode> SignAsync(string name, string algorithm, byte[] value)
        => await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, $"/keys/{name}/sign", new JsonObject { ["alg"] = algorithm, ["value"] = Base64Url.Encode(value) }.ToJsonString()));

    private async Task<bool> VerifyAsync(string name, string algorithm, byte[] value, byte[] signature)
        => (await KeyServiceFixture.OkAsync(await KeyServiceFixture.SendAsync(service.Owner, HttpMethod.Post, $"/keys/{name}/verify",
            new JsonObject { ["alg"] = algorithm, ["digest"] = Base64Url.Encode(value), ["value"] = Base64Url.Encode(signature) }.ToJsonString())))["value"]!.GetValue<bool>();

    private static async Task<int> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(OpenSsl, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAll(output, errors);
        return process.ExitCode;
    }
}
