using System.Security.Cryptography;
using System.Text;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Tests.Jose;

public sealed class CompactJwsTests
{
    /// <summary>The key and token of RFC 7515 appendix A.3.</summary>
    internal const string RfcEcKey = """{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""";

    private const string RfcToken = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    [Fact]
    public void Verifies_the_token_of_the_RFC()
    {
        using var key = Jwk.Parse(Encoding.UTF8.GetBytes(RfcEcKey));
        Assert.True(CompactJws.Parse(RfcToken).Verify(key).IsAccepted(out var jws, out _));
        Assert.StartsWith("{\"iss\":\"joe\"", Encoding.UTF8.GetString(jws.Payload.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS384")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("PS384")]
    [InlineData("PS512")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("ES512")]
    public void Verifies_what_it_signed_and_nothing_with_one_bit_changed(string name)
    {
        var algorithm = JwsAlgorithm.Find(name)!;
        using var platform = Generate(name);
        using var signer = new JwsSigner(platform, algorithm);
        using Jwk key = platform is RSA rsa ? RsaJwk.FromRsa(rsa, false) : EcJwk.FromEcdsa((ECDsa)platform, false);
        var text = signer.Sign(new JwsHeader { Algorithm = "ignored", KeyId = "k" }, "hello"u8);
        Assert.True(CompactJws.Parse(text).Verify(key).IsAccepted(out var verified, out _));
        Assert.Equal("hello"u8.ToArray(), verified.Payload.ToArray());
        Assert.Equal(name, verified.Header.Algorithm);

        var parts = text.Split('.');
        for (var part = 1; part < 3; part++)
        {
            var bytes = Base64Url.Decode(parts[part], "test", "part");
            bytes[bytes.Length / 2] ^= 1;
            string[] changed = [.. parts];
            changed[part] = Base64Url.Encode(bytes);
            Assert.Equal("jws-signature-invalid", Code(string.Join('.', changed), key));
        }
    }

    [Theory]
    [InlineData("none", "jws-algorithm-refused")]
    [InlineData("None", "jws-algorithm-refused")]
    [InlineData("HS256", "jws-algorithm-refused")]
    [InlineData("rs256", "jws-algorithm-refused")]
    [InlineData("ES256", "jws-algorithm-unfit")]
    [InlineData("PS256", "jws-signature-invalid")]
    public void Refuses_another_algorithm_in_the_header(string algorithm, string code)
    {
        using var rsa = RSA.Create(2048);
        using var key = RsaJwk.FromRsa(rsa, false);
        var header = Base64Url.Encode(Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}"}"""));
        var input = $"{header}.{Base64Url.Encode("{}"u8)}";
        // A signature over exactly this input: only the algorithm decides.
        var signature = rsa.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Assert.Equal(code, Code($"{input}.{Base64Url.Encode(signature)}", key));
    }

    [Fact]
    public void Refuses_an_hmac_under_the_public_key()
    {
        using var rsa = RSA.Create(2048);
        using var key = RsaJwk.FromRsa(rsa, false);
        var input = $"{Base64Url.Encode("""{"alg":"HS256"}"""u8)}.{Base64Url.Encode("{}"u8)}";
        var mac = HMACSHA256.HashData(rsa.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(input));
        Assert.Equal("jws-algorithm-refused", Code($"{input}.{Base64Url.Encode(mac)}", key));
    }

    [Theory]
    [InlineData("PS256", null, null)]
    [InlineData(null, "enc", null)]
    [InlineData(null, null, "encrypt")]
    public void Refuses_a_key_that_is_for_something_else(string? algorithm, string? use, string? operation)
    {
        using var rsa = RSA.Create(2048);
        using var signer = new JwsSigner(rsa, JwsAlgorithm.RS256);
        var text = signer.Sign(new JwsHeader { Algorithm = "RS256" }, "{}"u8);
        using var good = RsaJwk.FromRsa(rsa, false, use: "sig", algorithm: "RS256", keyOperations: ["verify"]);
        Assert.True(CompactJws.Parse(text).Verify(good).IsAccepted(out _, out _));
        using var other = RsaJwk.FromRsa(rsa, false, use: use, algorithm: algorithm, keyOperations: operation is null ? null : [operation]);
        Assert.Equal("jws-algorithm-unfit", Code(text, other));
    }

    [Fact]
    public void A_header_written_before_is_signed_as_it_stands_and_only_for_its_algorithm()
    {
        using var rsa = RSA.Create(2048);
        using var signer = new JwsSigner(rsa, JwsAlgorithm.RS256);
        using var key = RsaJwk.FromRsa(rsa, false);
        var header = """{ "kid":"k","alg":"RS256" }"""u8.ToArray();
        var text = signer.Sign(new ProtectedHeader(header), "payload"u8);
        Assert.StartsWith(Base64Url.Encode(header) + ".", text, StringComparison.Ordinal);
        Assert.True(CompactJws.Parse(text).Verify(key).IsAccepted(out var verified, out _));
        Assert.Equal("payload"u8.ToArray(), verified.Payload.ToArray());
        Assert.Throws<ArgumentException>(() => signer.Sign(new ProtectedHeader("""{"alg":"RS384"}"""u8.ToArray()), "payload"u8));
        Assert.Throws<MalformedException>(() => new ProtectedHeader("{}"u8.ToArray()));
    }

    [Fact]
    public void An_unverified_claim_is_the_first_of_its_name_at_the_top()
    {
        Assert.Equal("outer", Unverified("""{"a":{"iss":"inner"},"b":[{"iss":"x"}],"iss":"outer","iss":"second"}""").UnverifiedClaim("iss"));
        foreach (var payload in (string[])["{}", """{"a":{"iss":"inner"}}""", """{"iss":1}""", """{"iss":null}""", "[]", "\"iss\"", """{"iss":""", """{"iss":"\ud800"}""", "", new string('[', 100)])
            Assert.Throws<MalformedException>(() => Unverified(payload).UnverifiedClaim("iss"));

        static CompactJws Unverified(string payload) => CompactJws.Parse($"{Base64Url.Encode("""{"alg":"RS256"}"""u8)}.{Base64Url.Encode(Encoding.UTF8.GetBytes(payload))}.AA");
    }

    [Fact]
    public void Refuses_any_critical_header()
    {
        using var rsa = RSA.Create(2048);
        using var signer = new JwsSigner(rsa, JwsAlgorithm.RS256);
        using var key = RsaJwk.FromRsa(rsa, false);
        Assert.Equal("jws-critical-header-unknown", Code(signer.Sign(new ProtectedHeader("""{"alg":"RS256","crit":["b64"],"b64":false}"""u8.ToArray()), "{}"u8), key));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.AA.AA")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30=.AA")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.A")]
    [InlineData("e30.e30.AA")] // no alg
    [InlineData("eyJhbGciOiJSUzI1NiIsImFsZyI6Im5vbmUifQ.e30.AA")] // alg twice
    public void Refuses_a_text_that_is_no_compact_jws(string text) => Assert.Throws<MalformedException>(() => CompactJws.Parse(text));

    [Fact]
    public void Refuses_a_text_over_the_limit()
        => Assert.Throws<MalformedException>(() => CompactJws.Parse("eyJhbGciOiJFUzI1NiJ9." + new string('A', CompactJws.MaximumLength) + ".AA"));

    [Fact]
    public void A_signer_refuses_an_algorithm_that_does_not_fit_its_key()
    {
        using var small = RSA.Create(1024);
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Throws<ArgumentException>(() => new JwsSigner(small, JwsAlgorithm.RS256));
        Assert.Throws<ArgumentException>(() => new JwsSigner(ecdsa, JwsAlgorithm.ES384));
        Assert.Throws<ArgumentException>(() => new JwsSigner(ecdsa, JwsAlgorithm.RS256));
    }

    [Fact]
    public void An_access_token_names_audience_subject_roles_and_expiry()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = EcJwk.FromEcdsa(ecdsa, true, keyId: "dev-1");
        using var signer = JwsSigner.Create(key);
        var text = new AccessTokenIssuer(signer, "dev-1", "https://identity.test", TimeProvider.System).Mint("https://vault.azure.net", "owner", ["key-owner"], TimeSpan.FromMinutes(5));
        Assert.True(CompactJws.Parse(text).Verify(key).IsAccepted(out var token, out _));
        using var claims = StrictJson.ParseObject(token.Payload, "token", 4096);
        Assert.Equal("https://vault.azure.net", claims.RootElement.GetProperty("aud").GetString());
        Assert.Equal("key-owner", claims.RootElement.GetProperty("roles")[0].GetString());
        Assert.Equal(300, claims.RootElement.GetProperty("exp").GetInt64() - claims.RootElement.GetProperty("iat").GetInt64());
        Assert.Equal("dev-1", token.Header.KeyId);
    }

    private static string Code(string text, Jwk key)
    {
        Assert.False(CompactJws.Parse(text).Verify(key).IsAccepted(out _, out var findings));
        return Assert.Single(findings).Code;
    }

    private static AsymmetricAlgorithm Generate(string name) => name switch
    {
        "ES256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        "ES384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        "ES512" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
        _ => RSA.Create(2048),
    };
}
