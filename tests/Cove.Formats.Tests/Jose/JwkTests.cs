using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cove.Formats.Jose;
using Cove.Outcomes;

namespace Cove.Tests.Jose;

public sealed class JwkTests
{
    /// <summary>The key of RFC 7638 section 3.1.</summary>
    private const string RfcKey = """
        {"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}
        """;

    [Fact]
    public void Thumbprint_is_that_of_the_RFC()
    {
        using var key = Parse(RfcKey);
        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", key.ThumbprintText());
        Assert.Equal("2011-04-29", key.KeyId);
        Assert.False(key.HasPrivateKey);
    }

    [Theory]
    [InlineData(2048)]
    [InlineData(3072)]
    public void An_rsa_key_survives_json_and_dotnet(int bits)
    {
        using var rsa = RSA.Create(bits);
        using var key = RsaJwk.FromRsa(rsa, includePrivate: true, keyId: "k1", keyOperations: ["sign"]);
        using var again = (RsaJwk)Jwk.Parse(key.ToJson(includePrivate: true));
        using var back = again.CreateRsa();
        Assert.Equal(rsa.ExportPkcs8PrivateKey(), back.ExportPkcs8PrivateKey());
        Assert.Equal(bits, again.Bits);
        Assert.Equal(["sign"], again.KeyOperations!);
    }

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("P-521")]
    [InlineData("P-256K")]
    public void An_ec_key_survives_json_and_dotnet(string curve)
    {
        using var ecdsa = ECDsa.Create(EcCurve.Find(curve)!.Platform);
        using var key = EcJwk.FromEcdsa(ecdsa, includePrivate: true);
        using var again = (EcJwk)Jwk.Parse(key.ToJson(includePrivate: true));
        using var back = again.CreateEcdsa();
        Assert.Equal(ecdsa.ExportPkcs8PrivateKey(), back.ExportPkcs8PrivateKey());
        Assert.Equal(curve, again.Curve.Name);
    }

    [Fact]
    public void Members_are_written_in_ordinal_order_and_secrets_only_when_asked()
    {
        using var rsa = RSA.Create(2048);
        using var key = RsaJwk.FromRsa(rsa, includePrivate: true, keyId: "k", use: "sig", algorithm: "PS256");
        Assert.Equal(["alg", "e", "kid", "kty", "n", "use"], Members(key.ToJson(includePrivate: false)));
        Assert.Equal(["alg", "d", "dp", "dq", "e", "kid", "kty", "n", "p", "q", "qi", "use"], Members(key.ToJson(includePrivate: true)));
        using var oct = OctJwk.FromBytes([1, 2, 3]);
        Assert.Equal("""{"k":"AQID","kty":"oct"}""", Encoding.UTF8.GetString(oct.ToJson(includePrivate: true)));
        Assert.Throws<InvalidOperationException>(() => oct.ToJson(includePrivate: false));
    }

    [Fact]
    public void A_key_without_private_part_does_not_write_one()
    {
        using var key = Parse(RfcKey);
        Assert.Throws<InvalidOperationException>(() => key.ToJson(includePrivate: true));
    }

    [Fact]
    public void Disposing_zeroes_the_secret()
    {
        var key = OctJwk.FromBytes([1, 2, 3]);
        key.Dispose();
        Assert.Equal([0, 0, 0], key.Key.ToArray());
    }

    [Fact]
    public void Leading_zero_bytes_of_rsa_numbers_do_not_change_the_key()
    {
        var json = JsonNode.Parse(RfcKey)!;
        json["e"] = "AAEAAQ";
        using var key = Parse(json.ToJsonString());
        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", key.ThumbprintText());
    }

    [Theory]
    [InlineData("kty", "DSA")]
    [InlineData("n", "AQAB")]
    [InlineData("n", "")]
    [InlineData("e", "AQAA")] // even
    [InlineData("e", "AQ")] // one
    [InlineData("e", "AQAAAAE")] // five bytes
    [InlineData("e", "AQAB==")]
    [InlineData("d", "AQAB")] // private number alone
    public void Refuses_an_rsa_key_with_one_member_wrong(string member, string value)
    {
        var json = JsonNode.Parse(RfcKey)!;
        json[member] = value;
        Assert.Throws<MalformedException>(() => Parse(json.ToJsonString()));
    }

    [Theory]
    [InlineData("crv", "P-384")]
    [InlineData("crv", "P-256K")]
    [InlineData("x", "g83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")] // not on the curve
    [InlineData("y", "_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")] // a byte short
    public void Refuses_an_ec_key_with_one_member_wrong(string member, string value)
    {
        var json = JsonNode.Parse(CompactJwsTests.RfcEcKey)!;
        using (Parse(json.ToJsonString())) json[member] = value;
        Assert.Throws<MalformedException>(() => Parse(json.ToJsonString()));
    }

    [Fact]
    public void A_key_set_finds_by_kid_and_leaves_out_unknown_types()
    {
        var set = Jwks.Parse(Encoding.UTF8.GetBytes($$"""{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"},{{RfcKey}}]}"""));
        Assert.Single(set.Keys);
        Assert.NotNull(set.Find("2011-04-29"));
        Assert.Null(set.Find("2011-04-30"));
        Assert.Equal(set.Keys[0].ThumbprintText(), Jwks.Parse(set.ToJson()).Keys[0].ThumbprintText());
    }

    [Fact]
    public void A_key_set_leaves_out_keys_that_are_outside_the_limits_or_lack_their_numbers()
    {
        var set = Jwks.Parse(Encoding.UTF8.GetBytes($$"""{"keys":[{"kty":"RSA","kid":"short","n":"AQAB","e":"AQAB"},{"kty":"RSA","kid":"bare"},{{RfcKey}}]}"""));
        Assert.Single(set.Keys);
        Assert.Null(set.Find("short"));
        Assert.Throws<MalformedException>(() => Jwk.Parse("""{"kty":"RSA","kid":"bare"}"""u8.ToArray()));
    }

    [Fact]
    public void A_key_that_is_published_as_a_certificate_alone_is_the_certificates()
    {
        var set = Jwks.Parse(File.ReadAllBytes(Cove.Tests.Vectors.Path("attestation", "azure-samples-maa", "service", "get.certs.response.body.json")));
        // The first of the five signs with 1024 bits and is left out.
        Assert.Equal(4, set.Keys.Count);
        Assert.All(set.Keys, key => Assert.Equal(2048, Assert.IsType<RsaJwk>(key).Bits));
        Assert.NotNull(set.Find("uE9RP97P4k_IaNCi2p_N6ZWZp0s"));
        Assert.Null(set.Find("KQFAHrk1xALKHBD4b4u7TCvCJ1Mw0MlYZe+rxdePOtg="));
    }

    [Fact]
    public void Refuses_a_key_set_with_one_kid_twice()
        => Assert.Throws<MalformedException>(() => Jwks.Parse(Encoding.UTF8.GetBytes($$"""{"keys":[{{RfcKey}},{{RfcKey}}]}""")));

    private static Jwk Parse(string json) => Jwk.Parse(Encoding.UTF8.GetBytes(json));

    private static string[] Members(byte[] json) => [.. JsonNode.Parse(json)!.AsObject().Select(m => m.Key)];
}
