using System.Text;
using Cove.Formats.Cbor;
using Cove.Formats.Cose;
using Cove.Outcomes;
using Cove.Policy.Fragments;

namespace Cove.Tests.Fragments;

public sealed class SignedStatementTests
{
    private const string Text = "package contoso\n\nsvn := \"3\"\nframework_version := \"0.5.0\"\n";
    private const string Feed = "contoso.example/infra";

    [Theory]
    [InlineData(null)]
    [InlineData(7L)]
    public void A_fragment_comes_back_as_it_was_signed(long? svn)
    {
        using var authority = new FragmentAuthority();
        var verified = authority.Verified(Text, Feed, svn);
        Assert.Equal((authority.Issuer, Feed, svn, Text), (verified.Issuer, verified.Feed, verified.Svn, verified.Text()));
    }

    [Fact]
    public void Is_refused_when_one_bit_of_the_payload_is_turned()
    {
        using var authority = new FragmentAuthority();
        var signed = authority.Sign(Text, Feed);
        signed[signed.AsSpan().IndexOf(Encoding.UTF8.GetBytes("contoso\n"))] ^= 1;
        Assert.Equal("statement-signature-invalid", Assert.Single(Refused(signed)).Code);
    }

    [Fact]
    public void Is_refused_when_its_issuer_is_another_authoritys()
    {
        using var authority = new FragmentAuthority();
        using var other = new FragmentAuthority("Contoso");
        var header = new CborValue.Map(
        [
            new(new CborValue.Integer(CoseLabels.CertificateChain), new CborValue.Array([.. authority.Chain.Select(certificate => new CborValue.Bytes(certificate.Der))])),
            new(new CborValue.Text("iss"), new CborValue.Text(other.Issuer)),
            new(new CborValue.Text("feed"), new CborValue.Text(Feed)),
        ]);
        var signed = CoseSign1.Sign(header, Encoding.UTF8.GetBytes(Text), CoseAlgorithm.All[4], authority.Key);
        Assert.Equal("did-not-matched", Assert.Single(Refused(signed)).Code);
    }

    [Fact]
    public void Is_refused_without_an_authority_above_the_signer()
    {
        using var authority = new FragmentAuthority();
        var rejected = FragmentSigner.Sign(Encoding.UTF8.GetBytes(Text), new FragmentIdentity(authority.Issuer, Feed, [authority.Chain[0]]), CoseAlgorithm.All[4], authority.Key);
        Assert.False(rejected.IsAccepted(out _, out var findings));
        Assert.Contains(findings!, finding => finding.Code == "did-not-matched");
    }

    [Fact]
    public void Is_not_signed_with_a_key_that_is_not_the_leafs()
    {
        using var authority = new FragmentAuthority();
        using var other = new FragmentAuthority();
        var rejected = FragmentSigner.Sign(Encoding.UTF8.GetBytes(Text), new FragmentIdentity(authority.Issuer, Feed, authority.Chain), CoseAlgorithm.All[4], other.Key);
        Assert.False(rejected.IsAccepted(out _, out var findings));
        Assert.Equal("statement-signature-invalid", Assert.Single(findings!).Code);
    }

    [Theory]
    [InlineData("iss", "iss")]
    [InlineData("feed", "feed")]
    public void Is_malformed_without_issuer_or_feed(string left, string field)
    {
        using var authority = new FragmentAuthority();
        List<KeyValuePair<CborValue, CborValue>> header =
        [
            new(new CborValue.Integer(CoseLabels.CertificateChain), new CborValue.Array([.. authority.Chain.Select(certificate => new CborValue.Bytes(certificate.Der))])),
            new(new CborValue.Text("iss"), new CborValue.Text(authority.Issuer)),
            new(new CborValue.Text("feed"), new CborValue.Text(Feed)),
        ];
        header.RemoveAll(entry => entry.Key == new CborValue.Text(left));
        var signed = CoseSign1.Sign(new CborValue.Map(header), Encoding.UTF8.GetBytes(Text), CoseAlgorithm.All[4], authority.Key);
        Assert.Equal(field, Assert.Throws<MalformedException>(() => SignedStatement.Parse(signed)).Field);
    }

    [Fact]
    public void Recorded_statements_of_others_verify()
    {
        foreach (var name in (string[])["esrp.test.cose", "aci-cc-ttl.ttl.cose", "esrp_transparent_hash_envelop.cose"])
        {
            var verdict = SignedStatement.Parse(File.ReadAllBytes(Vectors.Path("attestation", "microsoft-cosesign1go", name))).Verify();
            Assert.True(verdict.IsAccepted(out var verified, out var findings), $"{name}: {string.Join("; ", findings ?? [])}");
            Assert.StartsWith("did:x509:0:sha256:", verified!.Issuer, StringComparison.Ordinal);
        }
    }

    private static IReadOnlyList<Finding> Refused(byte[] signed)
    {
        Assert.False(SignedStatement.Parse(signed).Verify().IsAccepted(out _, out var findings));
        return findings!;
    }
}
