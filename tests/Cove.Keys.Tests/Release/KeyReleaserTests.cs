using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Formats.Certificates;
using Cove.Formats.Jose;
using Cove.Keys.Release;
using Cove.Keys.ReleasePolicy;
using Cove.Keys.Vault;
using Cove.Keys.Wrapping;
using Cove.Outcomes;

namespace Cove.Keys.Tests.Release;

public sealed class KeyReleaserTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly KeyId Id = new("k1", "0123456789abcdef0123456789abcdef");
    private static readonly TestAuthority Authority = new();
    private static readonly RSA WrapKey = RSA.Create(2048);

    [Theory]
    [InlineData("CKM_RSA_AES_KEY_WRAP", ReleaseDialect.Vault)]
    [InlineData("CKM_RSA_AES_KEY_WRAP", ReleaseDialect.ManagedHsm)]
    [InlineData("RSA_AES_KEY_WRAP_256", ReleaseDialect.Vault)]
    [InlineData("RSA_AES_KEY_WRAP_384", ReleaseDialect.ManagedHsm)]
    public void Releases_every_kind_of_key_and_the_workload_opens_it(string enc, ReleaseDialect dialect)
    {
        using var ca = CertificateAuthority.Create("test", ["localhost"], Now);
        using var server = ca.IssueServer("localhost", ["localhost"], [], Now);
        using var signer = new ReleaseSigner(server.Certificate.GetRSAPrivateKey()!, [server.Certificate.RawData, ca.Certificate.RawData], dialect);
        foreach (var secret in Secrets())
        {
            using (secret)
            {
                Assert.True(Releaser(secret).Release(Token(), Id, WrapAlgorithm.Find(enc)).IsAccepted(out var wrapped, out _));
                var jws = signer.Sign(Statement(wrapped, secret));
                var trust = ReleaseTrust.InRoots("localhost", [ca.Certificate]);
                Assert.True(ReleaseAnswer.Parse(jws).Verify(trust, new("k1"), Now).IsAccepted(out var release, out var findings), string.Join('\n', findings));
                Assert.Equal("wrap-1", release.WrappingKeyId);
                Assert.True(release.Open(WrapKey).IsAccepted(out var opened, out _));
                using (opened) Assert.Equal(secret.ToJson(includePrivate: true), opened.ToJson());
            }
        }
    }

    [Fact]
    public void A_modulus_that_is_none_is_a_denial()
    {
        var claims = TestAuthority.Claims(WrapKey);
        var key = claims["x-ms-runtime"]!["keys"]![0]!;
        var modulus = Base64Url.Decode(key["n"]!.GetValue<string>(), "test", "n");
        modulus[^1] &= 0xFE;
        key["n"] = Base64Url.Encode(modulus);
        using var secret = Secrets().First();
        Assert.False(Releaser(secret).Release(Authority.Token(claims), Id).IsAccepted(out _, out var findings));
        Assert.Equal("release-wrapping-key-unfit", findings.Single().Code);
    }

    [Fact]
    public void The_answer_has_exactly_the_header_and_the_members_of_the_recorded_ones()
    {
        foreach (var vector in SkrVectors.Cases)
        {
            var dialect = vector.GetProperty("dialect").GetString() == "vault" ? ReleaseDialect.Vault : ReleaseDialect.ManagedHsm;
            var recorded = SkrVectors.Payload(vector);
            var bundle = recorded.GetProperty("response").GetProperty("key");
            using var secret = KeyMaterial.Read(vector.GetProperty("kty").GetString()!.Replace("-HSM", "", StringComparison.Ordinal), SkrVectors.Plaintext(vector), ["encrypt", "decrypt"]);
            var statement = new ReleaseStatement
            {
                ApiVersion = "7.4",
                RequestedUrl = "https://hsm1.managedhsm.test/keys/k1",
                Nonce = "n1",
                KeyUrl = "https://hsm1.managedhsm.test/keys/k1/0123456789abcdef0123456789abcdef",
                KeyType = vector.GetProperty("kty").GetString()!,
                KeyOperations = ["encrypt", "decrypt"],
                PublicKey = secret is OctJwk ? null : secret,
                Attributes = new() { Created = DateTimeOffset.FromUnixTimeSeconds(1790000000), Updated = DateTimeOffset.FromUnixTimeSeconds(1790000000), Exportable = true, RecoverableDays = 7 },
                PolicyData = StrictJson.RequiredBytes(bundle.GetProperty("release_policy"), "data", "test"),
                Key = KeyHsmBlob.Parse(StrictJson.RequiredBytes(bundle.GetProperty("key"), "key_hsm", "test")),
            };
            using var signer = new ReleaseSigner(SkrVectors.WrapKey(), [SkrVectors.Certificate(0).RawData, SkrVectors.Certificate(1).RawData, SkrVectors.Certificate(2).RawData], dialect);
            var parts = signer.Sign(statement).Split('.');
            Assert.Equal(SkrVectors.Jws(vector).Split('.')[0], parts[0]);
            var ours = JsonNode.Parse(Base64Url.Decode(parts[1], "test", "payload"))!;
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(recorded.GetRawText()), ours), $"{recorded.GetRawText()}\n{ours.ToJsonString()}");
        }
    }

    [Theory]
    [InlineData("x-ms-attestation-type", "\"tdxvm\"", "release-claim-mismatch")]
    [InlineData("x-ms-attestation-type", null, "release-claim-missing")]
    [InlineData("x-ms-sevsnpvm-is-debuggable", "true", "release-claim-mismatch")]
    [InlineData("x-ms-sevsnpvm-vmpl", "1", "release-claim-mismatch")]
    [InlineData("x-ms-sevsnpvm-bootloader-svn", "2", "release-claim-mismatch")]
    [InlineData("x-ms-isolation-tee", "{\"x-ms-compliance-status\":\"none\"}", "release-claim-mismatch")]
    [InlineData("x-ms-runtime", null, "release-runtime-missing")]
    [InlineData("x-ms-runtime", "{}", "release-wrapping-key-missing")]
    [InlineData("x-ms-runtime", "{\"keys\":[]}", "release-wrapping-key-missing")]
    [InlineData("x-ms-runtime", "{\"keys\":[{\"kty\":\"EC\",\"key_ops\":[\"encrypt\"]}]}", "release-wrapping-key-missing")]
    [InlineData("x-ms-runtime", "{\"keys\":[{\"kty\":\"RSA\",\"use\":\"sig\"}]}", "release-wrapping-key-missing")]
    public void Denies_with_one_claim_changed(string claim, string? value, string code)
    {
        var claims = TestAuthority.Claims(WrapKey);
        if (value is null) claims.Remove(claim);
        else claims[claim] = JsonNode.Parse(value);
        using var secret = OctJwk.FromBytes(new byte[32]);
        Assert.Equal(code, Code(Releaser(secret).Release(Authority.Token(claims), Id)));
    }

    [Fact]
    public void Denies_a_wrapping_key_below_2048_bits()
    {
        using var small = RSA.Create(1024);
        var parameters = small.ExportParameters(false);
        var claims = TestAuthority.Claims(WrapKey);
        claims["x-ms-runtime"] = new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject { ["kty"] = "RSA", ["kid"] = "small", ["key_ops"] = new JsonArray("encrypt"), ["n"] = Base64Url.Encode(parameters.Modulus), ["e"] = "AQAB" }),
        };
        using var secret = OctJwk.FromBytes(new byte[32]);
        Assert.Equal("release-wrapping-key-unfit", Code(Releaser(secret).Release(Authority.Token(claims), Id)));
    }

    [Fact]
    public void Takes_the_key_that_azure_machines_name_and_never_one_of_the_platform()
    {
        using var other = RSA.Create(2048);
        var claims = TestAuthority.Claims(other);
        claims["x-ms-runtime"]!["keys"]!.AsArray().Add(TestAuthority.WrapJwk(WrapKey, "TpmEphemeralEncryptionKey"));
        using var secret = OctJwk.FromBytes(new byte[32]);
        Assert.True(Releaser(secret).Release(Authority.Token(claims), Id).IsAccepted(out var wrapped, out _));
        Assert.Equal("TpmEphemeralEncryptionKey", wrapped.WrappingKeyId);

        claims = TestAuthority.Claims(WrapKey);
        claims["x-ms-isolation-tee"]!["x-ms-runtime"] = claims["x-ms-runtime"]!.DeepClone();
        claims.Remove("x-ms-runtime");
        Assert.Equal("release-runtime-missing", Code(Releaser(secret).Release(Authority.Token(claims), Id)));
    }

    [Fact]
    public void Denies_a_token_of_anotherAuthority()
    {
        using var secret = OctJwk.FromBytes(new byte[32]);
        Assert.Equal("release-authority-not-accepted", Code(Releaser(secret).Release(Authority.Token(TestAuthority.Claims(WrapKey), "https://other.test"), Id)));
    }

    [Fact]
    public void Denies_a_key_that_is_disabled_not_exportable_outside_its_lifetime_or_without_policy()
    {
        using var secret = OctJwk.FromBytes(new byte[32]);
        Assert.Equal("release-key-disabled", Code(Releaser(secret, Attributes with { Enabled = false }).Release(Token(), Id)));
        Assert.Equal("release-key-not-exportable", Code(Releaser(secret, Attributes with { Exportable = false }).Release(Token(), Id)));
        Assert.Equal("release-key-not-yet-valid", Code(Releaser(secret, Attributes with { NotBefore = Now.AddHours(1) }).Release(Token(), Id)));
        Assert.Equal("release-key-expired", Code(Releaser(secret, Attributes with { Expires = Now.AddHours(-1) }).Release(Token(), Id)));
        Assert.Equal("release-policy-missing", Code(Releaser(secret, withPolicy: false).Release(Token(), Id)));
        Assert.Equal("release-key-not-found", Code(new KeyReleaser(_ => null, TimeProvider.System).Release(Token(), Id)));
        Assert.True(Releaser(secret, Attributes with { NotBefore = Now.AddHours(-1), Expires = Now.AddHours(1) }).Release(Token(), Id).IsAccepted(out _, out _));
    }

    [Fact]
    public void Does_not_decrypt_the_key_before_everything_allows_it()
    {
        var key = new ReleasableKey(Id, Attributes with { Enabled = false }, Policy, () => throw new InvalidOperationException("opened"));
        Assert.Equal("release-key-disabled", Code(new KeyReleaser(_ => key, TimeProvider.System).Release(Token(), Id)));
    }

    private static KeyAttributes Attributes { get; } = new() { Created = Now, Updated = Now, Exportable = true };

    private static KeyReleasePolicy Policy { get; } = KeyReleasePolicy.Parse("""
        {"version":"1.0.0","anyOf":[
          {"authority":"https://second.test","allOf":[{"claim":"x-ms-attestation-type","equals":"never"}]},
          {"authority":"https://maa.test/","allOf":[
            {"claim":"x-ms-attestation-type","equals":"sevsnpvm"},
            {"claim":"x-ms-sevsnpvm-is-debuggable","equals":"false"},
            {"claim":"x-ms-sevsnpvm-vmpl","equals":"0"},
            {"claim":"x-ms-sevsnpvm-bootloader-svn","greater":2},
            {"claim":"x-ms-isolation-tee.x-ms-compliance-status","equals":"azure-compliant-uvm"}]}]}
        """u8.ToArray());

    private static KeyReleaser Releaser(Jwk secret, KeyAttributes? attributes = null, bool withPolicy = true)
        => new(_ => new(Id, attributes ?? Attributes, withPolicy ? Policy : null, () => KeyMaterial.Of(secret)), TimeProvider.System);

    private static ReleaseStatement Statement(WrappedKey wrapped, Jwk secret) => new()
    {
        ApiVersion = "7.4",
        RequestedUrl = "https://localhost:7442/keys/k1",
        KeyUrl = $"https://localhost:7442/keys/{Id}",
        KeyType = secret.KeyType + "-HSM",
        KeyOperations = [],
        PublicKey = secret is OctJwk ? null : secret,
        Attributes = Attributes,
        PolicyData = Policy.ToJson(ReleaseDialect.Vault),
        Key = wrapped,
    };

    private static IEnumerable<Jwk> Secrets()
    {
        using var rsa = RSA.Create(2048);
        yield return RsaJwk.FromRsa(rsa, includePrivate: true);
        foreach (var curve in EcCurve.All)
        {
            using var ecdsa = ECDsa.Create(curve.Platform);
            yield return EcJwk.FromEcdsa(ecdsa, includePrivate: true);
        }

        yield return OctJwk.FromBytes(RandomNumberGenerator.GetBytes(32));
    }

    private static string Code<T>(Verdict<T> verdict)
    {
        Assert.False(verdict.IsAccepted(out _, out var findings));
        return Assert.Single(findings).Code;
    }

    private static Attestation.Tokens.AttestationToken Token() => Authority.Token(TestAuthority.Claims(WrapKey));
}
