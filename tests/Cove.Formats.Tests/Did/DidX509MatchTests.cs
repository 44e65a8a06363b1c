using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Formats.Der;
using Cove.Formats.Did;
using Cove.Formats.Jose;

namespace Cove.Formats.Tests.Did;

public sealed class DidX509MatchTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("subject:CN:Cove+Ltd")]
    [InlineData("subject:CN:Cove%20Ltd:S:Kent:POSTALCODE:12345:SERIALNUMBER:7")]
    [InlineData("san:dns:cove.example")]
    [InlineData("san:ipaddress:192.0.2.7")]
    [InlineData("eku:1.3.6.1.4.1.311.76.59.1.3")]
    public void Stands_for_a_leaf_that_says_what_it_asks(string predicate)
    {
        var chain = Chain(X509KeyUsageFlags.DigitalSignature);
        Assert.Empty(Identifier(chain, predicate).Match(chain));
    }

    [Theory]
    [InlineData("subject:CN:Cove")]
    [InlineData("subject:CN:Cove%20Ltd:S:Essex")]
    [InlineData("san:dns:cove.example.org")]
    [InlineData("san:ipaddress:192.0.2.8")]
    [InlineData("eku:1.3.6.1.4.1.311.76.59.1.4")]
    public void Stands_for_no_leaf_that_says_something_else(string predicate)
    {
        var chain = Chain(X509KeyUsageFlags.DigitalSignature);
        Assert.Equal("did-not-matched", Assert.Single(Identifier(chain, predicate).Match(chain)).Code);
    }

    [Fact]
    public void Refuses_a_leaf_whose_key_may_not_sign()
    {
        var chain = Chain(X509KeyUsageFlags.KeyEncipherment);
        Assert.Equal("keyUsage", Assert.Single(Identifier(chain, "san:dns:cove.example").Match(chain)).Field);
    }

    [Fact]
    public void Refuses_the_fingerprint_of_the_leaf_itself()
    {
        var chain = Chain(X509KeyUsageFlags.DigitalSignature);
        var did = DidX509.Parse($"did:x509:0:sha256:{Base64Url.Encode(SHA256.HashData(chain[0].Der.Span))}::san:dns:cove.example");
        Assert.Equal("fingerprint", Assert.Single(did.Match(chain)).Field);
    }

    private static DidX509 Identifier(IReadOnlyList<Certificate> chain, string predicate) =>
        DidX509.Parse($"did:x509:0:sha256:{Base64Url.Encode(SHA256.HashData(chain[1].Der.Span))}::{predicate}");

    private static IReadOnlyList<Certificate> Chain(X509KeyUsageFlags usage)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Test root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(Start, Start.AddYears(1));
        var request = new CertificateRequest("CN=Cove Ltd, S=Kent, OID.2.5.4.17=12345, OID.2.5.4.5=7", leafKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.4.1.311.76.59.1.3")], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("cove.example");
        names.AddIpAddress(IPAddress.Parse("192.0.2.7"));
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(root, Start, Start.AddMonths(6), [1, 2, 3]);
        return [Certificate.Parse(leaf.RawData), Certificate.Parse(root.RawData)];
    }
}
