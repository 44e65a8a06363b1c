using System.Formats.Asn1;
using System.Text.Json.Nodes;
using Cove.Attestation.Dcap;
using Cove.Attestation.OpenEnclave;
using Cove.Attestation.Tests.Snp;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Dcap;

/// <summary>Accepted evidence with one extension, one date or one part of the collateral changed.</summary>
public sealed class QuoteMutationTests : IDisposable
{
    private static readonly DateTimeOffset Then = SimulatedPlatform.Then;
    private readonly SimulatedPlatform platform = new();

    public void Dispose() => platform.Dispose();

    public static TheoryData<int, string> EveryExtension => new(
        Quote.Parse(Known.Bytes("openenclave/sgx_evidence.bin")).Certificates().SelectMany((certificate, i) => certificate.Extensions.Select(extension => (i, extension.Oid))));

    [Theory, MemberData(nameof(EveryExtension))]
    public void Refuses_a_recorded_chain_with_one_bit_of_an_extension_flipped(int certificate, string oid)
    {
        var bytes = Known.Bytes("openenclave/sgx_evidence.bin");
        var quote = Quote.Parse(bytes);
        var chain = quote.Certificates().ToArray();
        var collateral = new Collateral { Dcap = OpenEnclaveEndorsements.Parse(Known.Bytes("openenclave/sgx_endorsements.bin")) };
        var der = chain[certificate].Der.ToArray();
        var value = chain[certificate].Extension(oid)!.Value.Span;
        var name = new AsnWriter(AsnEncodingRules.DER);
        name.WriteObjectIdentifier(oid);
        var at = der.AsSpan().IndexOf(name.Encode());
        der[at + der.AsSpan(at).IndexOf(value) + value.Length - 1] ^= 1;
        try
        {
            chain[certificate] = Certificate.Parse(der);
            var evidence = QuoteEvidence.Parse(WithChain(bytes, quote, chain));
            Assert.False(new EvidenceVerifier().Verify(evidence, collateral, Known.At("2022-04-27")).IsAccepted(out _, out var findings));
            Assert.Contains(findings, finding => finding.Code == "certificate-signature-invalid");
        }
        catch (MalformedException malformed)
        {
            // A member of Intel's extension that is no longer of its type.
            Assert.Contains("certificate", malformed.Format, StringComparison.OrdinalIgnoreCase);
        }
    }

    public static TheoryData<string> EveryMember => [.. Enumerable.Range(1, 5).Select(i => $"1.2.840.113741.1.13.1.{i}"), .. Enumerable.Range(1, 18).Select(i => $"1.2.840.113741.1.13.1.2.{i}")];

    [Theory, MemberData(nameof(EveryMember))]
    public void A_PCK_certificate_without_one_member_of_Intels_extension_is_malformed(string oid)
    {
        var name = new AsnWriter(AsnEncodingRules.DER);
        name.WriteObjectIdentifier(oid);
        var extension = platform.PckExtension();
        Assert.Equal(platform.Components, PckCertificate.Parse(platform.IssuePck(Then, Then.AddDays(1), extension)).Tcb.Components);
        // Another number in its OID: the member is there under a name that nobody knows.
        extension[extension.AsSpan().IndexOf(name.Encode()) + name.GetEncodedLength() - 1] = 0x7F;
        var certificate = platform.IssuePck(Then, Then.AddDays(1), extension);
        Assert.Equal("SGX extension", Assert.Throws<MalformedException>(() => PckCertificate.Parse(certificate)).Field);
    }

    [Fact]
    public void A_member_that_is_there_twice_is_malformed()
    {
        var extension = platform.PckExtension(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113741.1.13.1.4");
                writer.WriteOctetString(new byte[6]);
            }
        });
        Assert.Throws<MalformedException>(() => PckCertificate.Parse(platform.IssuePck(Then, Then.AddDays(1), extension)));
    }

    [Fact]
    public void The_platforms_certificate_holds_within_its_dates_also_when_the_chain_is_known()
    {
        platform.IssuePck(Then.AddDays(-3), Then.AddDays(3));
        var verifier = new EvidenceVerifier(platform.Anchors);
        var quote = platform.SgxQuote();
        Assert.Empty(Findings(verifier, quote, platform.Collateral(QuoteTee.Sgx), Then.AddDays(3)));
        Assert.Equal(["certificate-expired"], Findings(verifier, quote, platform.Collateral(QuoteTee.Sgx), Then.AddDays(3).AddSeconds(1)));
        // Its collateral of four days earlier, so that the certificate alone is not yet valid.
        var earlier = platform.Collateral(QuoteTee.Sgx, Issued(-5), Issued(-5), Lists(-5));
        Assert.Empty(Findings(verifier, quote, earlier, Then.AddDays(-3)));
        Assert.Equal(["certificate-not-yet-valid"], Findings(verifier, quote, earlier, Then.AddDays(-3).AddSeconds(-1)));
    }

    [Fact]
    public void The_signer_of_TCB_info_holds_within_its_dates()
    {
        platform.IssueSigner(Then.AddDays(-1), Then.AddDays(3));
        var verifier = new EvidenceVerifier(platform.Anchors);
        Assert.Empty(Findings(verifier, platform.SgxQuote(), platform.Collateral(QuoteTee.Sgx), Then.AddDays(3)));
        Assert.Equal(["certificate-expired"], Findings(verifier, platform.SgxQuote(), platform.Collateral(QuoteTee.Sgx), Then.AddDays(4)));
    }

    [Theory]
    [InlineData("TCB info")]
    [InlineData("QE identity")]
    [InlineData("CRL of Intel SGX PCK Platform CA")]
    [InlineData("CRL of Intel SGX Root CA")]
    public void Each_part_of_the_collateral_holds_from_its_issue_to_its_next_update(string part)
    {
        var verifier = new EvidenceVerifier(platform.Anchors);
        var quote = platform.SgxQuote();
        // All of it from day -9 to 29, and this part from day -2 to 2.
        void Narrow(JsonObject document, string name) => (document["issueDate"], document["nextUpdate"]) = part == name ? (Day(-2), Day(2)) : (Day(-9), Day(29));
        var collateral = platform.Collateral(QuoteTee.Sgx, info => Narrow(info, "TCB info"), identity => Narrow(identity, "QE identity"), files =>
        {
            foreach (var (name, ofRoot) in (ReadOnlySpan<(string, bool)>)[("pck_crl", false), ("root_ca_crl", true)])
            {
                var narrow = part.EndsWith(ofRoot ? "Root CA" : "Platform CA", StringComparison.Ordinal);
                files[name] = platform.List(ofRoot, Then.AddDays(narrow ? -2 : -9), Then.AddDays(narrow ? 2 : 29));
            }
        });
        Assert.Empty(Findings(verifier, quote, collateral, Then.AddDays(-2)));
        Assert.Empty(Findings(verifier, quote, collateral, Then.AddDays(2)));
        var kind = part.StartsWith("CRL", StringComparison.Ordinal) ? "crl" : "collateral";
        Assert.Equal([$"{kind}-expired: {part}"], Findings(verifier, quote, collateral, Then.AddDays(2).AddSeconds(1), withField: true));
        Assert.Equal([$"{kind}-not-yet-valid: {part}"], Findings(verifier, quote, collateral, Then.AddDays(-2).AddSeconds(-1), withField: true));
    }

    [Theory]
    [InlineData(false, "Intel SGX PCK Certificate")]
    [InlineData(true, "Intel SGX PCK Platform CA")]
    [InlineData(true, "Intel SGX TCB Signing")]
    public void A_revoked_certificate_is_refused(bool byRoot, string name)
    {
        byte[] serial = name switch { "Intel SGX PCK Certificate" => [0x30], "Intel SGX PCK Platform CA" => [0x10], _ => [0x20] };
        var revoking = platform.Collateral(QuoteTee.Sgx, files: files => files[byRoot ? "root_ca_crl" : "pck_crl"] = platform.List(byRoot, Then.AddDays(-1), Then.AddDays(1), serial));
        var verifier = new EvidenceVerifier(platform.Anchors);
        Assert.Empty(Findings(verifier, platform.SgxQuote(), platform.Collateral(QuoteTee.Sgx), Then));
        Assert.Equal([$"certificate-revoked: {name}"], Findings(verifier, platform.SgxQuote(), revoking, Then, withField: true));
    }

    [Theory]
    [InlineData("tcb_info", "collateral-signature-invalid")]
    [InlineData("qe_identity", "collateral-signature-invalid")]
    [InlineData("pck_crl", "crl-signature-invalid")]
    [InlineData("root_ca_crl", "crl-signature-invalid")]
    [InlineData("pck_crl_issuer_chain", "certificate-signature-invalid")]
    [InlineData("tcb_info_issuer_chain", "certificate-signature-invalid")]
    [InlineData("qe_identity_issuer_chain", "certificate-signature-invalid")]
    public void Any_part_of_the_collateral_whose_signature_is_changed_is_named(string member, string code)
    {
        var verifier = new EvidenceVerifier(platform.Anchors);
        var changed = platform.Collateral(QuoteTee.Sgx, files: files => files[member] = Change(member, files[member].ToArray()));
        Assert.Equal([code], Findings(verifier, platform.SgxQuote(), changed, Then));
        Assert.Empty(Findings(verifier, platform.SgxQuote(), platform.Collateral(QuoteTee.Sgx), Then));
    }

    [Fact]
    public void Collateral_of_another_root_is_refused_also_when_that_root_is_trusted_as_well()
    {
        using var other = new SimulatedPlatform();
        var both = new EvidenceVerifier(platform.Anchors with { Dcap = platform.Anchors.Dcap.WithSimulatedRoot(other.Root) });
        Assert.Equal(["collateral-mismatch"], Findings(both, platform.SgxQuote(), other.Collateral(QuoteTee.Sgx), Then).Distinct());
        Assert.Empty(Findings(both, platform.SgxQuote(), platform.Collateral(QuoteTee.Sgx), Then));
    }

    [Fact]
    public void Collateral_signed_by_another_of_the_roots_keys_is_refused()
    {
        platform.IssueSigner(Then.AddDays(-1), Then.AddDays(3), "Intel SGX Something Else");
        Assert.Equal(
            ["collateral-mismatch: TCB info signer", "collateral-mismatch: QE identity signer"],
            Findings(new EvidenceVerifier(platform.Anchors), platform.SgxQuote(), platform.Collateral(QuoteTee.Sgx), Then, withField: true));
    }

    [Theory]
    [InlineData("pck_crl_issuer_chain")]
    [InlineData("root_ca_crl")]
    [InlineData("pck_crl")]
    [InlineData("tcb_info_issuer_chain")]
    [InlineData("tcb_info")]
    [InlineData("qe_identity_issuer_chain")]
    [InlineData("qe_identity")]
    public void Collateral_without_one_of_its_parts_is_malformed_and_names_it(string member) =>
        Assert.Equal(member, Assert.Throws<MalformedException>(() => platform.Collateral(QuoteTee.Sgx, files: files => files.Remove(member))).Field);

    [Theory]
    [InlineData("version", 4)]
    [InlineData("tcbType", 1)]
    [InlineData("issueDate", "2026-06-01")]
    [InlineData("fmspc", "00906ea1000")]
    [InlineData("id", "QVE")]
    [InlineData("tcbEvaluationDataNumber", -1)]
    public void TCB_info_with_a_member_that_cannot_be_is_malformed_and_names_it(string member, object value) =>
        Assert.Equal(member, Assert.Throws<MalformedException>(() => platform.Collateral(QuoteTee.Sgx, info => info[member] = JsonValue.Create(value))).Field);

    [Fact]
    public void Levels_have_exactly_sixteen_components()
    {
        var malformed = Assert.Throws<MalformedException>(() => platform.Collateral(QuoteTee.Sgx, info => info["tcbLevels"]![0]!["tcb"]!["sgxtcbcomponents"]!.AsArray().RemoveAt(15)));
        Assert.Equal("sgxtcbcomponents", malformed.Field);
    }

    private static byte[] WithChain(byte[] bytes, Quote quote, Certificate[] chain)
    {
        var pem = SimulatedPlatform.Pem(chain);
        byte[] changed = [.. bytes[..(quote.Bytes.Length - quote.CertificationData.Length - 4)], .. BitConverter.GetBytes(pem.Length), .. pem];
        BitConverter.GetBytes(changed.Length - 436).CopyTo(changed, 432);
        return changed;
    }

    // The last byte of a signature: of a document in hex, of a list in DER, of the first certificate of a chain in base64.
    private static byte[] Change(string member, byte[] bytes)
    {
        if (!member.EndsWith("chain", StringComparison.Ordinal))
        {
            var at = member.EndsWith("crl", StringComparison.Ordinal) ? bytes.Length - 1 : bytes.Length - 3;
            bytes[at] = bytes[at] == (byte)'0' ? (byte)'1' : member.EndsWith("crl", StringComparison.Ordinal) ? (byte)(bytes[at] ^ 1) : (byte)'0';
            return bytes;
        }

        var chain = CertificatePem.Parse(bytes).ToArray();
        var der = chain[0].Der.ToArray();
        der[^1] ^= 1;
        chain[0] = Certificate.Parse(der);
        return SimulatedPlatform.Pem(chain);
    }

    private static string Day(int day) => Then.AddDays(day).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static Action<JsonObject> Issued(int day) => document => document["issueDate"] = Day(day);

    private Action<Dictionary<string, ReadOnlyMemory<byte>>> Lists(int day) => files =>
        (files["pck_crl"], files["root_ca_crl"]) = (platform.List(false, Then.AddDays(day), Then.AddDays(9)), platform.List(true, Then.AddDays(day), Then.AddDays(9)));

    private static IEnumerable<string> Findings(EvidenceVerifier verifier, byte[] quote, DcapCollateral collateral, DateTimeOffset time, bool withField = false)
    {
        verifier.Verify(QuoteEvidence.Parse(quote), new Collateral { Dcap = collateral }, time).IsAccepted(out _, out var findings);
        return findings.Select(finding => withField ? $"{finding.Code}: {finding.Field}" : finding.Code);
    }
}
