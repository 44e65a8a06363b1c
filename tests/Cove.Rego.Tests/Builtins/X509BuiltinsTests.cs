using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Rego.Values;

namespace Cove.Rego.Tests.Builtins;

/// <summary>Chains made here, and the same with one thing wrong.</summary>
public sealed class X509BuiltinsTests
{
    private static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How one chain differs from a good one.</summary>
    public enum Fault
    {
        None,
        IntermediateIsNoAuthority,
        PathIsTooLong,
        LeafIsExpired,
        LeafIsForClients,
        NameIsOutsideConstraints,
        RootIsAnother,
    }

    private static string Chain(Fault fault)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middleKey = RSA.Create(2048);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=Root, O=Cove", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, fault == Fault.PathIsTooLong ? 0 : 1, true));
        if (fault == Fault.NameIsOutsideConstraints)
            rootRequest.CertificateExtensions.Add(new X509Extension("2.5.29.30", Convert.FromHexString("300fa00d300b82096f746865722e6f7267"), critical: true));
        using var root = rootRequest.CreateSelfSigned(Start, Start.AddYears(10));
        var middleRequest = new CertificateRequest("CN=Middle", middleKey, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1);
        middleRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(fault != Fault.IntermediateIsNoAuthority, fault != Fault.IntermediateIsNoAuthority, 0, true));
        using var middle = middleRequest.Create(root.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), Start, Start.AddYears(5), [1, 2, 3]);
        var leafRequest = new CertificateRequest("CN=leaf.example.com", leafKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("leaf.example.com");
        names.AddDnsName("*.wild.example.com");
        names.AddIpAddress(IPAddress.Parse("192.0.2.7"));
        names.AddUri(new Uri("spiffe://example.com/a%20b?q=1"));
        leafRequest.CertificateExtensions.Add(names.Build());
        leafRequest.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(fault == Fault.LeafIsForClients ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1")], critical: false));
        using var leaf = leafRequest.Create(middle.SubjectName, X509SignatureGenerator.CreateForRSA(middleKey, RSASignaturePadding.Pkcs1), Start, fault == Fault.LeafIsExpired ? Start.AddDays(1) : Start.AddYears(2), [9]);
        if (fault == Fault.RootIsAnother)
        {
            using var strange = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var stranger = new CertificateRequest("CN=Root, O=Cove", strange, HashAlgorithmName.SHA256).CreateSelfSigned(Start, Start.AddYears(10));
            return string.Join('\n', stranger.ExportCertificatePem(), middle.ExportCertificatePem(), leaf.ExportCertificatePem());
        }

        return string.Join('\n', root.ExportCertificatePem(), middle.ExportCertificatePem(), leaf.ExportCertificatePem());
    }

    private static string Verify(string pem, string options) =>
        BuiltinCall.EvalTexts($"[v[0] | v := crypto.x509.parse_and_verify_certificates_with_options(input.pem, {options})][0]", ("pem", pem));

    private static string At(int days) => (Start.AddDays(days) - DateTimeOffset.UnixEpoch).Ticks.ToString(CultureInfo.InvariantCulture) + "00";

    [Theory]
    [InlineData(Fault.None, "true")]
    [InlineData(Fault.IntermediateIsNoAuthority, "false")]
    [InlineData(Fault.PathIsTooLong, "false")]
    [InlineData(Fault.LeafIsExpired, "false")]
    [InlineData(Fault.LeafIsForClients, "false")]
    [InlineData(Fault.NameIsOutsideConstraints, "false")]
    [InlineData(Fault.RootIsAnother, "false")]
    public void Verifies_a_chain_and_refuses_it_with_one_thing_wrong(Fault fault, string expected) =>
        Assert.Equal(expected, Verify(Chain(fault), $"{{\"CurrentTime\": {At(30)}}}"));

    [Theory]
    [InlineData("\"DNSName\": \"leaf.example.com\"", "true")]
    [InlineData("\"DNSName\": \"a.wild.example.com\"", "true")]
    [InlineData("\"DNSName\": \"a.b.wild.example.com\"", "false")]
    [InlineData("\"DNSName\": \"192.0.2.7\"", "true")]
    [InlineData("\"DNSName\": \"192.0.2.8\"", "false")]
    [InlineData("\"KeyUsages\": [\"KeyUsageServerAuth\"]", "true")]
    [InlineData("\"KeyUsages\": [\"KeyUsageCodeSigning\"]", "false")]
    [InlineData("\"KeyUsages\": [\"KeyUsageCodeSigning\", \"KeyUsageAny\"]", "true")]
    [InlineData("\"KeyUsages\": [\"Nope\"]", "crypto.x509.parse_and_verify_certificates_with_options: invalid entries for 'KeyUsages' found: [Nope]")]
    [InlineData("\"Nope\": 1", "crypto.x509.parse_and_verify_certificates_with_options: invalid key option")]
    public void Obeys_its_options(string option, string expected) =>
        Assert.Equal(expected, Verify(Chain(Fault.None), $"{{\"CurrentTime\": {At(30)}, {option}}}"));

    [Fact]
    public void A_moment_outside_the_validity_is_refused() => Assert.Equal("false", Verify(Chain(Fault.None), $"{{\"CurrentTime\": {At(-1)}}}"));

    [Fact]
    public void Shows_a_certificate_in_the_fields_form()
    {
        var pem = Chain(Fault.None);
        string Show(string path) => BuiltinCall.EvalTexts($"crypto.x509.parse_certificates(input.pem){path}", ("pem", pem));
        Assert.Equal("\"leaf.example.com\"", Show("[2].Subject.CommonName"));
        Assert.Equal("[\"Cove\"]", Show("[0].Subject.Organization"));
        Assert.Equal("null", Show("[2].Subject.Organization"));
        Assert.Equal("[\"leaf.example.com\",\"*.wild.example.com\"]", Show("[2].DNSNames"));
        Assert.Equal("[\"192.0.2.7\"]", Show("[2].IPAddresses"));
        Assert.Equal("[\"spiffe://example.com/a%20b?q=1\"]", Show("[2].URIStrings"));
        Assert.Equal("\"/a b\"", Show("[2].URIs[0].Path"));
        Assert.Equal("[1]", Show("[2].ExtKeyUsage"));
        Assert.Equal("66051", Show("[1].SerialNumber"));
        Assert.Equal("3", Show("[0].PublicKeyAlgorithm"));
        Assert.Equal("1", Show("[1].PublicKeyAlgorithm"));
        Assert.Equal("11", Show("[1].SignatureAlgorithm"));
        Assert.Equal("\"2024-01-01T00:00:00Z\"", Show("[0].NotBefore"));
        Assert.Equal("true", Show("[1].MaxPathLenZero"));
    }

    [Fact]
    public void Reads_private_keys_of_each_kind_and_pairs_them()
    {
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var certificate = new CertificateRequest("CN=pair", ec, HashAlgorithmName.SHA256).CreateSelfSigned(Start, Start.AddYears(1));
        var pem = certificate.ExportCertificatePem();
        Assert.Equal("[2,65537,true]", BuiltinCall.EvalTexts("[k | x := crypto.parse_private_keys(input.k)[0]; k := [count(x.Primes), x.E, x.D > 0]][0]", ("k", rsa.ExportPkcs8PrivateKeyPem())));
        Assert.Equal("\"RSA\"", BuiltinCall.EvalTexts("crypto.x509.parse_rsa_private_key(input.k).kty", ("k", rsa.ExportRSAPrivateKeyPem())));
        Assert.Equal("\"P-384\"", BuiltinCall.EvalTexts("crypto.x509.parse_rsa_private_key(input.k).crv", ("k", ec.ExportECPrivateKeyPem())));
        Assert.Equal("\"pair\"", BuiltinCall.EvalTexts("crypto.x509.parse_keypair(input.c, input.k).Leaf.Subject.CommonName", ("c", pem), ("k", ec.ExportPkcs8PrivateKeyPem())));
        Assert.Equal(
            "crypto.x509.parse_keypair: tls: private key does not match public key",
            BuiltinCall.EvalTexts("crypto.x509.parse_keypair(input.c, input.k)", ("c", pem), ("k", rsa.ExportPkcs8PrivateKeyPem())));
        Assert.Equal("null", BuiltinCall.Eval("crypto.parse_private_keys(\"\")"));
    }

    [Fact]
    public void Reads_a_request_with_names_and_refuses_it_cut_short()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=asks", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("asks.example.com");
        request.CertificateExtensions.Add(names.Build());
        var der = request.CreateSigningRequest();
        Assert.Equal("[\"asks.example.com\"]", BuiltinCall.EvalTexts("crypto.x509.parse_certificate_request(input.r).DNSNames", ("r", Convert.ToBase64String(der))));
        Assert.StartsWith("crypto.x509.parse_certificate_request: asn1", BuiltinCall.EvalTexts("crypto.x509.parse_certificate_request(input.r)", ("r", Convert.ToBase64String(der[..^1]))), StringComparison.Ordinal);
    }
}
