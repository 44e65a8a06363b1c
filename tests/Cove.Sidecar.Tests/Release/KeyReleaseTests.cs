using System.Net;
using System.Security.Cryptography;
using Cove.Sidecar.Tests.Fakes;

namespace Cove.Sidecar.Tests.Release;

/// <summary>A release that succeeds, and the same release with one thing wrong.</summary>
public sealed class KeyReleaseTests : IAsyncLifetime
{
    private SidecarUnderTest sidecar = null!;

    public async ValueTask InitializeAsync() => sidecar = await SidecarUnderTest.StartAsync();

    public ValueTask DisposeAsync() => sidecar.DisposeAsync();

    [Fact]
    public async Task Releases_the_key_of_a_vault_on_any_port_and_under_an_address()
    {
        foreach (var vault in new[] { "localhost", "localhost:8443", "127.0.0.1:8443" })
        {
            var (status, body) = await sidecar.ReleaseAsync("octkey", vault);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal(Recordings.Body(41), body);
        }
    }

    [Fact]
    public async Task Releases_the_version_that_is_asked_for_and_no_other()
    {
        var (status, _) = await sidecar.ReleaseAsync("octkey/" + FakeServices.VaultKeyVersion);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal($"/keys/octkey/{FakeServices.VaultKeyVersion}/release?api-version=7.4", sidecar.Services.Requests.Last().Target);

        await AssertRefused("octkey/ffffffffffffffffffffffffffffffff", "release-of-another-key");
    }

    [Fact]
    public async Task Refuses_the_answer_for_another_key()
    {
        Change(a => a with { Kid = $"https://localhost/keys/other/{FakeServices.VaultKeyVersion}" });
        await AssertRefused("octkey", "release-of-another-key");
    }

    [Fact]
    public async Task Refuses_an_answer_with_one_byte_of_the_payload_changed()
    {
        Change(a => a with { TamperJws = FlipPayload });
        await AssertRefused("octkey", "jws token verification failed: failed to verify message: crypto/rsa: verification error");
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("ES256")]
    public async Task Refuses_another_algorithm_than_RSA_signatures(string algorithm)
    {
        Change(a => a with { Algorithm = algorithm });
        await AssertRefused("octkey", "jws token verification failed");
    }

    [Fact]
    public async Task Refuses_a_critical_header()
    {
        Change(a => a with { HeaderExtra = ",\"crit\":[\"exp\"]" });
        await AssertRefused("octkey", "jws-critical-header-unknown");
    }

    [Fact]
    public async Task Refuses_a_signer_under_another_root()
    {
        using var other = new TestAuthority("Other Root");
        using var signer = other.Server(["localhost"]);
        Change(a => a with { Signer = signer, Above = [other.Root] });
        await AssertRefused("octkey", "verification of leaf's certificate chain failed: x509: certificate signed by unknown authority");
    }

    [Fact]
    public async Task Refuses_a_signer_for_another_host()
    {
        using var signer = sidecar.Authority.Server(["vault.example"]);
        Change(a => a with { Signer = signer });
        await AssertRefused("octkey", "verification of leaf's certificate chain failed: x509: certificate is not valid for localhost");
    }

    [Fact]
    public async Task Refuses_a_signer_whose_certificate_has_expired()
    {
        using var signer = sidecar.Authority.Server(["localhost"], until: DateTimeOffset.UnixEpoch.AddYears(52));
        Change(a => a with { Signer = signer });
        await AssertRefused("octkey", "x509: certificate has expired or is not yet valid");
    }

    [Fact]
    public async Task Refuses_a_signer_that_is_no_server()
    {
        using var signer = sidecar.Authority.Server(["localhost"], usage: TestAuthority.ClientAuthentication);
        Change(a => a with { Signer = signer });
        await AssertRefused("octkey", "x509: certificate specifies an incompatible key usage");
    }

    [Fact]
    public async Task Refuses_a_signer_whose_key_is_not_RSA()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signer = sidecar.Authority.Server(["localhost"], key);
        Change(a => a with { Signer = signer, Algorithm = "ES256" });
        await AssertRefused("octkey", "release-signer-not-rsa");
    }

    [Fact]
    public async Task Refuses_a_key_wrapped_for_someone_else()
    {
        using var other = RSA.Create(2048);
        Change(a => a with { OtherWrappingKey = other });
        await AssertRefused("octkey", "release-unwrap-failed");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(295)]
    public async Task Refuses_a_wrapped_key_with_one_byte_changed(int offset)
    {
        Change(a => a with
        {
            TamperCiphertext = bytes =>
            {
                bytes[offset] ^= 1;
                return bytes;
            },
        });
        await AssertRefused("octkey", "release-unwrap-failed");
    }

    [Fact]
    public async Task Refuses_another_private_key_than_the_answer_describes()
    {
        using var other = RSA.Create(2048);
        Change(a => a with { Material = other.ExportPkcs8PrivateKey() });
        await AssertRefused("rsakey", "release-public-key-mismatch");
    }

    [Fact]
    public async Task Refuses_material_that_is_no_key_of_its_type()
    {
        Change(a => a with { Material = [1, 2, 3] });
        await AssertRefused("rsakey", "could not parse RSA key");
    }

    [Theory]
    [InlineData("not-a-jws", "jws token validation failed")]
    [InlineData("a.b", "jws token validation failed")]
    [InlineData("", "jws token validation failed")]
    public async Task Refuses_an_answer_that_is_no_jws(string jws, string why)
    {
        Change(a => a with { TamperJws = _ => jws });
        await AssertRefused("octkey", why);
    }

    [Fact]
    public async Task Refuses_an_answer_over_the_limit()
    {
        sidecar.Services.Answer = r => r.Target.StartsWith("/keys/", StringComparison.Ordinal) ? new FakeAnswer(200, new byte[(1024 * 1024) + 1]) : null;
        await AssertRefused("octkey", "the response is longer than 1048576 bytes");
    }

    [Fact]
    public async Task Does_not_follow_the_vault_elsewhere()
    {
        sidecar.Services.Answer = r => r.Target.StartsWith("/keys/", StringComparison.Ordinal) ? FakeAnswer.Json("{}", 307) : null;
        await AssertRefused("octkey", "http response status equal to 307");
        Assert.Equal(2, sidecar.Services.Requests.Count);
    }

    [Theory]
    [InlineData("../secrets/x")]
    [InlineData("a/b/c")]
    [InlineData("a?x=1")]
    [InlineData("a#")]
    [InlineData("a/latest")]
    public async Task A_key_id_that_could_lead_elsewhere_is_not_sent(string kid)
    {
        await AssertRefused(kid, "invalid kid");
        Assert.Empty(sidecar.Services.Requests);
    }

    [Theory]
    [InlineData("localhost/x")]
    [InlineData("user@localhost")]
    [InlineData("localhost:99999")]
    [InlineData("https://localhost")]
    [InlineData("local host")]
    public async Task A_vault_that_is_not_a_host_is_not_asked(string vault)
    {
        var (status, body) = await sidecar.ReleaseAsync("octkey", vault);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("invalid endpoint", body, StringComparison.Ordinal);
        Assert.Empty(sidecar.Services.Requests);
    }

    [Fact]
    public async Task Nothing_secret_is_logged()
    {
        var (_, body) = await sidecar.ReleaseAsync("octkey", accessToken: "very-secret-token");

        Assert.Equal(Recordings.Body(41), body);
        Assert.NotEmpty(sidecar.Log.ToString());
        Assert.DoesNotContain("very-secret-token", sidecar.Log.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Recordings.ReleasedKey(41).GetProperty("k").GetString()!, sidecar.Log.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", sidecar.Log.ToString(), StringComparison.Ordinal);
    }

    private static string FlipPayload(string jws)
    {
        var parts = jws.Split('.');
        var payload = System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]);
        payload[^1] ^= 1;
        return $"{parts[0]}.{System.Buffers.Text.Base64Url.EncodeToString(payload)}.{parts[2]}";
    }

    private void Change(Func<VaultAnswer, VaultAnswer> change)
    {
        var before = sidecar.Services.Vault;
        sidecar.Services.Vault = name => change(before(name));
    }

    private async Task AssertRefused(string kid, string why)
    {
        var (status, body) = await sidecar.ReleaseAsync(kid);
        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("secure key release failed", body, StringComparison.Ordinal);
        Assert.Contains(why, body, StringComparison.Ordinal);
    }
}
