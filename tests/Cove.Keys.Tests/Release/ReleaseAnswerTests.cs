using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Formats.Jose;
using Cove.Keys.Release;
using Cove.Keys.Vault;
using Cove.Keys.Wrapping;
using Cove.Outcomes;

namespace Cove.Keys.Tests.Release;

public sealed class ReleaseAnswerTests
{
    private static readonly KeyId Requested = new("k1");

    [Fact]
    public void Opens_every_recorded_release_to_its_key()
    {
        using var wrapKey = SkrVectors.WrapKey();
        var opened = 0;
        foreach (var vector in SkrVectors.Cases)
        {
            var answer = ReleaseAnswer.Parse(SkrVectors.Jws(vector));
            Assert.True(answer.Verify(SkrVectors.Trust(), Requested, SkrVectors.Now).IsAccepted(out var release, out var findings), string.Join('\n', findings));
            Assert.True(release.Open(wrapKey).IsAccepted(out var key, out findings), string.Join('\n', findings));
            using (key)
            {
                using var material = KeyMaterial.Of(key.Key);
                AssertSameKey(SkrVectors.Plaintext(vector), material, key.Key);
                Assert.Equal(["encrypt", "decrypt"], key.Key.KeyOperations!);
                Assert.Equal("k1/0123456789abcdef0123456789abcdef", key.Id.ToString());
                Assert.Equal("n1", release.Nonce);
            }

            opened++;
        }

        Assert.Equal(18, opened);
    }

    [Fact]
    public void Refuses_another_wrapping_key()
    {
        using var other = RSA.Create(2048);
        Assert.Equal("release-unwrap-failed", Code(Verify(SkrVectors.Jws(First)).Open(other)));
    }

    [Fact]
    public void Refuses_a_vault_of_another_name()
        => Assert.Equal("release-host-mismatch", Code(Answer().Verify(ReleaseTrust.InRoots("hsm2.managedhsm.test", [SkrVectors.Certificate(2)]), Requested, SkrVectors.Now)));

    [Fact]
    public void Refuses_a_chain_to_another_root()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=SKR Test Root", key, HashAlgorithmName.SHA256);
        using var root = request.CreateSelfSigned(SkrVectors.Now.AddDays(-1), SkrVectors.Now.AddDays(1));
        Assert.Contains("release-chain-untrusted", Codes(Answer().Verify(ReleaseTrust.InRoots(SkrVectors.Host, [root]), Requested, SkrVectors.Now)));
    }

    [Fact]
    public void Refuses_a_chain_whose_root_is_only_in_the_answer()
        => Assert.Contains("release-chain-untrusted", Codes(Answer().Verify(ReleaseTrust.InPlatformRoots(SkrVectors.Host), Requested, SkrVectors.Now)));

    [Fact]
    public void Refuses_a_chain_that_is_not_valid_yet()
        => Assert.Contains("release-chain-untrusted", Codes(Answer().Verify(SkrVectors.Trust(), Requested, SkrVectors.Now.AddYears(-1))));

    [Fact]
    public void Refuses_an_answer_about_another_key()
    {
        Assert.Equal("release-of-another-key", Code(Answer().Verify(SkrVectors.Trust(), new("k2"), SkrVectors.Now)));
        Assert.Equal("release-of-another-key", Code(Answer().Verify(SkrVectors.Trust(), new("k1", new string('0', 32)), SkrVectors.Now)));
        Assert.True(Answer().Verify(SkrVectors.Trust(), new("k1", "0123456789abcdef0123456789abcdef"), SkrVectors.Now).IsAccepted(out _, out _));
    }

    [Fact]
    public void Refuses_a_payload_with_one_byte_changed()
    {
        var parts = SkrVectors.Jws(First).Split('.');
        var payload = Base64Url.Decode(parts[1], "test", "payload");
        payload[^10] ^= 1;
        var answer = ReleaseAnswer.Parse($"{parts[0]}.{Base64Url.Encode(payload)}.{parts[2]}");
        Assert.Equal("jws-signature-invalid", Code(answer.Verify(SkrVectors.Trust(), Requested, SkrVectors.Now)));
    }

    [Fact]
    public void Refuses_a_signature_by_a_key_that_the_chain_does_not_certify()
    {
        var parts = SkrVectors.Jws(First).Split('.');
        using var rsa = RSA.Create(2048);
        var signature = rsa.SignData(System.Text.Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var answer = ReleaseAnswer.Parse($"{parts[0]}.{parts[1]}.{Base64Url.Encode(signature)}");
        Assert.Equal("jws-signature-invalid", Code(answer.Verify(SkrVectors.Trust(), Requested, SkrVectors.Now)));
    }

    [Fact]
    public void Refuses_an_answer_without_chain()
    {
        using var rsa = RSA.Create(2048);
        using var signer = new JwsSigner(rsa, JwsAlgorithm.RS256);
        var answer = ReleaseAnswer.Parse(signer.Sign(new JwsHeader { Algorithm = "RS256" }, "{}"u8));
        Assert.Equal("release-chain-missing", Code(answer.Verify(SkrVectors.Trust(), Requested, SkrVectors.Now)));
    }

    [Theory]
    [InlineData("""{"value":"a.b.c"}""")]
    [InlineData("""{"value":1}""")]
    [InlineData("""{}""")]
    public void Refuses_a_body_that_is_no_answer(string body)
        => Assert.Throws<MalformedException>(() => ReleaseAnswer.ParseBody(System.Text.Encoding.UTF8.GetBytes(body)));

    private static System.Text.Json.JsonElement First => SkrVectors.Cases.First();

    private static ReleaseAnswer Answer() => ReleaseAnswer.Parse(SkrVectors.Jws(First));

    private static VerifiedRelease Verify(string jws)
    {
        Assert.True(ReleaseAnswer.Parse(jws).Verify(SkrVectors.Trust(), Requested, SkrVectors.Now).IsAccepted(out var release, out _));
        return release;
    }

    /// <summary>PKCS#8 has optional parts (an EC key may repeat its public point), so keys are compared by what they are.</summary>
    private static void AssertSameKey(byte[] expected, KeyMaterial actual, Jwk key)
    {
        if (key is OctJwk) Assert.Equal(expected, actual.Bytes.ToArray());
        using var wanted = KeyMaterial.Read(key.KeyType, expected, key.KeyOperations);
        Assert.Equal(wanted.ToJson(includePrivate: true), key.ToJson(includePrivate: true));
    }

    private static string Code<T>(Verdict<T> verdict) => Assert.Single(Codes(verdict));

    private static string[] Codes<T>(Verdict<T> verdict)
    {
        Assert.False(verdict.IsAccepted(out _, out var findings));
        return [.. findings.Select(f => f.Code)];
    }
}
