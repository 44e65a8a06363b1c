using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cove.Attestation.Dcap;
using Cove.Attestation.OpenEnclave;
using Cove.Attestation.Tests.Dcap;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.OpenEnclave;

public sealed class OpenEnclaveTests : IDisposable
{
    private static readonly DateTimeOffset Then = SimulatedPlatform.Then;
    private readonly SimulatedPlatform platform = new();

    public void Dispose() => platform.Dispose();

    [Fact]
    public void A_report_is_a_header_and_a_quote()
    {
        var quote = platform.SgxQuote();
        byte[] report = [1, 0, 0, 0, 2, 0, 0, 0, .. BitConverter.GetBytes((ulong)quote.Length), .. quote];
        Assert.True(OpenEnclaveReport.IsOne(report));
        Assert.False(OpenEnclaveReport.IsOne(quote));
        Assert.Equal(quote, OpenEnclaveReport.Parse(report).Quote.Bytes.ToArray());
        foreach (var (at, value, field) in (ReadOnlySpan<(int, byte, string)>)[(0, 2, "version"), (4, 1, "type"), (8, 0xFF, "size")])
        {
            var changed = report.ToArray();
            changed[at] = value;
            Assert.Equal((field, (long)at), Assert.Throws<MalformedException>(() => OpenEnclaveReport.Parse(changed)) is var malformed ? (malformed.Field, malformed.Offset ?? -1) : default);
        }

        Assert.Equal("size", Assert.Throws<MalformedException>(() => OpenEnclaveReport.Parse([.. report, 0])).Field);
    }

    [Theory]
    [InlineData("a3a21e87-1b4d-4014-b70a-a125d2fbcd8c", "claims")]
    [InlineData("1923d91e-12d2-4c72-b220-25cd8dace871", "")]
    [InlineData("c8303454-d923-4c2c-a691-df7def460a76", "")]
    public void Evidence_says_its_format_and_brings_its_claims(string format, string claims)
    {
        var quote = platform.SgxQuote(change: body => SHA256.HashData(Encoding.ASCII.GetBytes(claims)).CopyTo(body, 320));
        byte[] report = [1, 0, 0, 0, 2, 0, 0, 0, .. BitConverter.GetBytes((ulong)quote.Length), .. quote];
        var parsed = OpenEnclaveEvidence.Parse(Evidence(format, format[0] == 'c' ? report : [.. quote, .. Encoding.ASCII.GetBytes(claims)]));
        var collateral = new Collateral { Dcap = platform.Collateral(QuoteTee.Sgx) };
        var verifier = new EvidenceVerifier(platform.Anchors);
        Assert.True(verifier.Verify(parsed, collateral, Then).IsAccepted(out var verified, out var findings), string.Join('\n', findings));
        if (claims.Length == 0) return;
        Assert.Equal(claims, Encoding.ASCII.GetString(verified.RuntimeData!.Bytes.Span));
        var others = OpenEnclaveEvidence.Parse(Evidence(format, [.. quote, .. "clains"u8]));
        Assert.False(verifier.Verify(others, collateral, Then).IsAccepted(out _, out findings));
        Assert.Equal("runtime-data-mismatch", Assert.Single(findings).Code);
    }

    [Fact]
    public void Evidence_for_the_same_machine_or_of_another_kind_is_malformed()
    {
        Assert.Equal("format id", Assert.Throws<MalformedException>(() => OpenEnclaveEvidence.Parse(Evidence("09268c33-6e0b-45e5-8a27-15644d0ef89a", platform.SgxQuote()))).Field);
        Assert.Equal("TEE type", Assert.Throws<MalformedException>(() => OpenEnclaveEvidence.Parse(Evidence("8ba70286-c1cf-11ed-afa1-0242ac120002", platform.SgxQuote()))).Field);
        Assert.IsType<TdxEvidence>(OpenEnclaveEvidence.Parse(Evidence("8ba70286-c1cf-11ed-afa1-0242ac120002", platform.Td10Quote())));
    }

    public enum Binding
    {
        Pem,
        Der,
        AnotherKey,
    }

    [Theory]
    [InlineData(Binding.Pem, false, "1.2.840.113556.10.1.1")]
    [InlineData(Binding.Pem, true, "1.2.840.113556.10.1.1")]
    [InlineData(Binding.Der, false, "1.3.6.1.4.1.311.105.1")]
    [InlineData(Binding.AnotherKey, false, "1.2.840.113556.10.1.1")]
    public void A_certificate_whose_evidence_binds_its_key_is_that_of_the_enclave(Binding binding, bool wrapped, string oid)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = Issue(key, binding, wrapped, oid);
        var collateral = new Collateral { Dcap = platform.Collateral(QuoteTee.Sgx) };
        var verifier = new EvidenceVerifier(platform.Anchors);
        Assert.True(AttestedTlsCertificate.IsOne(certificate));
        var verdict = AttestedTlsCertificate.Parse(certificate).Verify(verifier, collateral, Then);
        Assert.Equal(binding != Binding.AnotherKey, verdict.IsAccepted(out _, out var findings));
        if (binding == Binding.AnotherKey) Assert.Equal("runtime-data-mismatch", Assert.Single(findings).Code);
    }

    [Fact]
    public void A_certificate_of_another_time_or_with_another_signature_is_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = Issue(key, Binding.Pem, wrapped: false, "1.2.840.113556.10.1.1");
        var collateral = new Collateral { Dcap = platform.Collateral(QuoteTee.Sgx) };
        var verifier = new EvidenceVerifier(platform.Anchors);
        Assert.False(AttestedTlsCertificate.Parse(certificate).Verify(verifier, collateral, Then.AddDays(8)).IsAccepted(out _, out var findings));
        Assert.Equal("attested-certificate-invalid", Assert.Single(findings).Code);
        var der = certificate.Der.ToArray();
        der[^1] ^= 1;
        Assert.False(AttestedTlsCertificate.Parse(Certificate.Parse(der)).Verify(verifier, collateral, Then).IsAccepted(out _, out findings));
        Assert.Equal("attested-certificate-invalid", Assert.Single(findings).Code);
    }

    [Fact]
    public void Endorsements_with_a_table_that_cannot_be_are_malformed()
    {
        var bytes = Cove.Attestation.Tests.Snp.Known.Bytes("openenclave/sgx_endorsements.bin");
        OpenEnclaveEndorsements.Parse(bytes);
        foreach (var (at, field) in (ReadOnlySpan<(int, string)>)[(0, "version"), (4, "enclave type"), (8, "buffer size"), (12, "number of parts"), (23, "offset of TCB info")])
        {
            var changed = bytes.ToArray();
            changed[at] ^= 0x40;
            Assert.Equal(field, Assert.Throws<MalformedException>(() => OpenEnclaveEndorsements.Parse(changed)).Field);
        }
    }

    [Fact]
    public void One_verifier_serves_many_threads()
    {
        var verifier = new EvidenceVerifier(platform.Anchors);
        var collateral = new Collateral { Dcap = platform.Collateral(QuoteTee.Sgx) };
        var good = platform.SgxQuote();
        var bad = good.ToArray();
        bad[100] ^= 1;
        var wrong = 0;
        Parallel.For(0, 200, i =>
        {
            var accepted = verifier.Verify(QuoteEvidence.Parse(i % 2 == 0 ? good : bad), collateral, Then).IsAccepted(out _, out _);
            if (accepted != (i % 2 == 0)) Interlocked.Increment(ref wrong);
        });
        Assert.Equal(0, wrong);
    }

    private static byte[] Evidence(string format, byte[] data) =>
        [3, 0, 0, 0, .. new Guid(format).ToByteArray(bigEndian: true), .. BitConverter.GetBytes((ulong)data.Length), .. data];

    private Certificate Issue(ECDsa key, Binding binding, bool wrapped, string oid)
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var spki = (binding == Binding.AnotherKey ? other : key).ExportSubjectPublicKeyInfo();
        var held = binding == Binding.Der ? spki : Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", spki) + "\n\0");
        var quote = platform.SgxQuote(change: body => SHA256.HashData(held).CopyTo(body, 320));
        var value = quote;
        if (wrapped)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            writer.WriteOctetString(quote);
            value = writer.Encode();
        }

        var request = new CertificateRequest("CN=enclave", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509Extension(oid, value, critical: false));
        using var certificate = request.CreateSelfSigned(Then.AddDays(-1), Then.AddDays(7));
        return Certificate.Parse(certificate.RawData);
    }
}
