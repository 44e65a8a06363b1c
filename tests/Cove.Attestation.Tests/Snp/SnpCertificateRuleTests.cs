using Cove.Attestation.Snp;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Snp;

/// <summary>Certificates that the authority really signed, with one thing in them that does not fit: the signature holds, and another rule must refuse.</summary>
public sealed class SnpCertificateRuleTests : IDisposable
{
    private readonly TestAuthority authority = new();

    public void Dispose() => authority.Dispose();

    public static TheoryData<string, int, string> Tcbs => new()
    {
        { SnpOids.BootLoaderSpl, 5, "tcb-mismatch" }, { SnpOids.TeeSpl, 1, "tcb-mismatch" }, { SnpOids.SnpSpl, 0x17, "tcb-mismatch" }, { SnpOids.MicrocodeSpl, 0xDA, "tcb-mismatch" },
    };

    [Theory, MemberData(nameof(Tcbs))]
    public void A_key_that_was_derived_for_another_TCB_is_not_this_reports(string oid, int value, string code) => AssertRefused(code, oid, TestAuthority.Integer(value));

    [Fact]
    public void A_key_of_another_chip_is_not_this_reports()
    {
        AssertRefused("chip-id-mismatch", SnpOids.HardwareId, new byte[64]);
        // The same id in an OCTET STRING of its own is the same id.
        byte[] wrapped = [0x04, 64, .. authority.ChipCertificate.Extension(SnpOids.HardwareId)!.Value.Span];
        Assert.True(Verify(Changed(SnpOids.HardwareId, wrapped)).IsAccepted(out _, out _));
    }

    [Fact]
    public void A_key_of_another_product_is_not_this_roots() => AssertRefused("product-mismatch", SnpOids.ProductName, TestAuthority.Text("Milan-B0"));

    public static TheoryData<string, byte[]?> Unreadable => new()
    {
        { SnpOids.ProductName, null }, { SnpOids.ProductName, TestAuthority.Text("Naples") }, { SnpOids.ProductName, TestAuthority.Integer(1) },
        { SnpOids.BootLoaderSpl, null }, { SnpOids.TeeSpl, null }, { SnpOids.SnpSpl, null }, { SnpOids.MicrocodeSpl, null },
        { SnpOids.MicrocodeSpl, TestAuthority.Integer(256) }, { SnpOids.MicrocodeSpl, TestAuthority.Integer(-1) }, { SnpOids.MicrocodeSpl, [0x02, 0x02, 0x00, 0x01] },
        { SnpOids.MicrocodeSpl, [0x02, 0x01, 0x01, 0x00] }, { SnpOids.Spl4, TestAuthority.Integer(1) }, { SnpOids.Spl7, TestAuthority.Integer(1) }, { SnpOids.FmcSpl, TestAuthority.Integer(0) },
        { SnpOids.HardwareId, null }, { SnpOids.HardwareId, new byte[63] }, { SnpOids.HardwareId, [0x04, 8, 1, 2, 3, 4, 5, 6, 7, 8] }, { SnpOids.CspId, TestAuthority.Text("CN=somebody") },
    };

    [Theory, MemberData(nameof(Unreadable))]
    public void Extensions_that_are_missing_out_of_range_or_of_another_kind_of_key_are_malformed(string oid, byte[]? value) =>
        Assert.Equal("SNP endorsement key certificate", Assert.Throws<MalformedException>(() => Verify(Changed(oid, value))).Format);

    [Fact]
    public void A_subject_that_only_resembles_a_VCEK_is_none()
    {
        foreach (var subject in (string[])["VCEK", "SEV-VCEK2", "sev-vcek", "SEV-VLEK"])
        {
            Assert.False(Verify(authority.Chip(new Dictionary<string, byte[]?>(), subject: subject)).IsAccepted(out _, out var findings));
            Assert.Equal("certificate-chain-incomplete", Assert.Single(findings).Code);
        }
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(-1, "certificate-not-yet-valid")]
    public void Validity_begins_at_its_first_second(int seconds, string? code) => AssertAt(authority.ChipCertificate.NotBefore.AddSeconds(seconds), code, "SEV-VCEK");

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "certificate-expired")]
    public void Validity_ends_after_its_last_second(int seconds, string? code) => AssertAt(authority.ChipCertificate.NotAfter.AddSeconds(seconds), code, "SEV-VCEK");

    [Fact]
    public void Issuer_and_root_have_dates_too()
    {
        var (early, late) = (authority.Root.NotBefore.AddSeconds(-1), authority.Root.NotAfter.AddSeconds(1));
        var always = authority.Chip(new Dictionary<string, byte[]?>(), early.AddDays(-1), late.AddDays(1));
        foreach (var (at, code) in ((DateTimeOffset, string)[])[(early, "certificate-not-yet-valid"), (late, "certificate-expired")])
        {
            Assert.False(Verify(always, at).IsAccepted(out _, out var findings));
            Assert.Equal([(code, "ARK-SIM-Cove"), (code, "SEV-SIM-Cove")], findings.Select(finding => (finding.Code, finding.Field)));
        }
    }

    [Fact]
    public void Levels_that_contradict_each_other_are_refused_although_the_processor_signed_them()
    {
        foreach (var (offset, value) in ((int, byte)[])[(0x038 + 7, 0xDA), (0x1E0 + 7, 0xDC)])
        {
            Assert.False(authority.Verifier().Verify(authority.Evidence(report => report[offset] = value), Collateral.None, TestAuthority.Now).IsAccepted(out _, out var findings));
            Assert.All(findings, finding => Assert.Equal("tcb-order-invalid", finding.Code));
        }
    }

    [Fact]
    public void A_masked_chip_id_is_genuine_and_acceptable_only_where_that_is_permitted()
    {
        Assert.True(authority.Verifier().Verify(authority.Evidence(report => report.AsSpan(0x1A0, 64).Clear()), Collateral.None, TestAuthority.Now).IsAccepted(out var verified, out _));
        Assert.False(AppraisalPolicy.GenuineGuests.Appraise(verified).IsAccepted(out _, out var findings));
        Assert.Equal("chip-id-masked", Assert.Single(findings).Code);
        Assert.True((AppraisalPolicy.GenuineGuests with { Snp = AppraisalPolicy.GenuineGuests.Snp! with { PermitMaskedChipId = true } }).Appraise(verified).IsAccepted(out _, out _));
    }

    [Fact]
    public void Every_byte_that_is_signed_counts()
    {
        var verifier = authority.Verifier();
        var report = authority.Report();
        Assert.True(verifier.Verify(authority.Evidence() with { Report = report }, Collateral.None, TestAuthority.Now).IsAccepted(out _, out _));
        for (var at = 0; at < SnpReport.SignedSize; at++)
        {
            var changed = report.ToArray();
            changed[at] ^= 0x10;
            try
            {
                Assert.False(verifier.Verify(authority.Evidence() with { Report = changed }, Collateral.None, TestAuthority.Now).IsAccepted(out _, out var findings), $"offset {at}");
                Assert.Contains(findings, finding => finding.Code is "report-signature-invalid" or "certificate-chain-incomplete" or "report-not-signed");
            }
            catch (MalformedException malformed)
            {
                Assert.Contains(malformed.Format, (string[])["SNP report", "SNP TCB version"]);
            }
        }
    }

    private Certificate Changed(string oid, byte[]? value) => authority.Chip(new Dictionary<string, byte[]?> { [oid] = value });

    private Verdict<VerifiedEvidence> Verify(Certificate chip, DateTimeOffset? at = null) =>
        authority.Verifier().Verify(new SnpEvidence(authority.Report(), [chip, authority.Issuer, authority.Root]), Collateral.None, at ?? TestAuthority.Now);

    private void AssertRefused(string code, string oid, byte[] value)
    {
        Assert.False(Verify(Changed(oid, value)).IsAccepted(out _, out var findings));
        Assert.Contains(findings, finding => finding.Code == code);
        Assert.DoesNotContain(findings, finding => finding.Code is "certificate-signature-invalid" or "report-signature-invalid");
    }

    private void AssertAt(DateTimeOffset at, string? code, string certificate)
    {
        Verify(authority.ChipCertificate, at).IsAccepted(out _, out var findings);
        Assert.Equal(code is null ? [] : [(code, certificate)], findings.Select(finding => (finding.Code, finding.Field)));
    }
}
