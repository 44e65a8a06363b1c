using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cove.Formats.Der;
using Cove.Outcomes;
using Cove.Tests;

namespace Cove.Formats.Tests.Der;

public sealed class RevocationTests : IDisposable
{
    private static readonly DateTimeOffset Then = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly X509Certificate2 authority = Authority("CN=Issuer", X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign);

    public void Dispose() => authority.Dispose();

    [Theory]
    [InlineData("google-go-tdx-guest/pckcrl", "google-go-tdx-guest/pckCrlIssuerChain.pem", 0, "2023-06-20", 33)]
    [InlineData("google-go-tdx-guest/rootcrl.der", "google-go-tdx-guest/pckCrlIssuerChain.pem", 1, "2023-06-20", 0)]
    public void A_recorded_list_holds_at_its_time(string path, string chain, int issuer, string at, int atLeast)
    {
        var list = CertificateRevocationList.Parse(Bytes(path));
        var certificates = CertificatePem.Parse(Bytes(chain));
        var time = DateTimeOffset.Parse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.Empty(Revocation.Verify(list, certificates[issuer], time));
        Assert.True(list.Count >= atLeast, $"{list.Count} entries");
        Assert.Equal("crl-signature-invalid", Assert.Single(Revocation.Verify(list, certificates[1 - issuer], time)).Code);
        Assert.Equal("crl-expired", Assert.Single(Revocation.Verify(list, certificates[issuer], time.AddYears(2))).Code);
        Assert.Equal("crl-not-yet-valid", Assert.Single(Revocation.Verify(list, certificates[issuer], time.AddYears(-2))).Code);
    }

    [Fact]
    public void A_listed_certificate_is_revoked_and_its_neighbour_is_not()
    {
        var list = CertificateRevocationList.Parse(Build(authority, [0x11], [0x80, 0x01]));
        var issuer = Certificate.Parse(authority.RawData);
        Assert.Empty(Revocation.Verify(list, issuer, Then));
        Assert.Equal(["11", "008001"], ((byte[][])[[0x11], [0x80, 0x01], [0x12]]).SelectMany(serial =>
        {
            List<Finding> findings = [];
            Revocation.Check(list, Issued(serial), findings);
            return findings.Select(finding => finding.Code == "certificate-revoked" ? finding.Actual : finding.Code);
        }));
    }

    [Fact]
    public void Refuses_a_list_with_any_signed_byte_changed()
    {
        var der = Build(authority, [0x11]);
        var issuer = Certificate.Parse(authority.RawData);
        Assert.Empty(Revocation.Verify(CertificateRevocationList.Parse(der), issuer, Then));
        for (var at = 0; at < der.Length; at++)
        {
            var changed = der.ToArray();
            changed[at] ^= 1;
            try
            {
                Assert.NotEmpty(Revocation.Verify(CertificateRevocationList.Parse(changed), issuer, Then));
            }
            catch (MalformedException malformed)
            {
                Assert.Equal("certificate revocation list", malformed.Format);
            }

            Assert.Throws<MalformedException>(() => CertificateRevocationList.Parse(der.AsSpan(0, at)));
        }

        Assert.Throws<MalformedException>(() => CertificateRevocationList.Parse([.. der, 0]));
    }

    [Fact]
    public void Refuses_an_issuer_that_may_not_sign_lists()
    {
        using var other = Authority("CN=Issuer", X509KeyUsageFlags.KeyCertSign);
        var list = CertificateRevocationList.Parse(Build(other, [0x11]));
        Assert.Equal("crl-signature-invalid", Assert.Single(Revocation.Verify(list, Certificate.Parse(other.RawData), Then)).Code);
    }

    [Fact]
    public void Refuses_to_ask_a_list_about_another_issuers_certificate()
    {
        using var other = Authority("CN=Other", X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign);
        var list = CertificateRevocationList.Parse(Build(other, [0x11]));
        Assert.Throws<ArgumentException>(() => Revocation.Check(list, Issued([0x11]), []));
    }

    [Fact]
    public void Refuses_a_list_whose_extension_is_critical()
    {
        // issuingDistributionPoint: whoever passes over it takes a partial list for a whole one.
        var der = Build(authority, [0x11]);
        Assert.Throws<MalformedException>(() => CertificateRevocationList.Parse(WithCriticalExtension(der)));
        Assert.Equal(1, CertificateRevocationList.Parse(der).Count);
    }

    [Fact]
    public void Reads_a_list_in_pem_and_nothing_beside_it()
    {
        var pem = PemEncoding.WriteString("X509 CRL", Build(authority, [0x11]));
        Assert.Equal(1, CertificateRevocationList.ParsePem(pem + "\n").Count);
        Assert.Throws<MalformedException>(() => CertificateRevocationList.ParsePem(pem + "x"));
        Assert.Throws<MalformedException>(() => CertificateRevocationList.ParsePem(pem.Replace("X509 CRL", "CERTIFICATE", StringComparison.Ordinal)));
    }

    private static byte[] Build(X509Certificate2 issuer, params byte[][] serials)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var serial in serials) builder.AddEntry(serial[0] >= 0x80 ? [0, .. serial] : serial, Then.AddDays(-2), X509RevocationReason.KeyCompromise);
        // The overload that takes the certificate refuses one without cRLSign, which a forger would not.
        using var key = issuer.GetECDsaPrivateKey()!;
        var identifier = X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false);
        return builder.Build(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(key), 7, Then.AddDays(10), HashAlgorithmName.SHA256, identifier, Then.AddDays(-1));
    }

    // Not signed again: the parser refuses it before anyone asks for the signature.
    private static byte[] WithCriticalExtension(byte[] der)
    {
        var list = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var body = list.ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                while (body.HasData && body.PeekTag().TagClass != TagClass.ContextSpecific) writer.WriteEncodedValue(body.ReadEncodedValue().Span);
                var tag = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
                var extensions = body.ReadSequence(tag).ReadSequence();
                using (writer.PushSequence(tag))
                using (writer.PushSequence())
                {
                    while (extensions.HasData) writer.WriteEncodedValue(extensions.ReadEncodedValue().Span);
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier("2.5.29.28");
                        writer.WriteBoolean(true);
                        writer.WriteOctetString([0x30, 0x00]);
                    }
                }
            }

            while (list.HasData) writer.WriteEncodedValue(list.ReadEncodedValue().Span);
        }

        return writer.Encode();
    }

    private static X509Certificate2 Authority(string name, X509KeyUsageFlags usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(Then.AddYears(-1), Then.AddYears(1));
    }

    private Certificate Issued(byte[] serial)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Leaf", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        using var issued = request.Create(authority, Then.AddDays(-1), Then.AddDays(1), serial);
        return Certificate.Parse(issued.RawData);
    }

    private static byte[] Bytes(string path) => File.ReadAllBytes(Vectors.Path(["attestation", .. path.Split('/')]));
}
