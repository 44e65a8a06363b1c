using Cove.Formats.Der;

namespace Cove.Attestation.Tests.Snp;

public sealed class RevocationTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly EvidenceVerifier verifier;

    public RevocationTests() => verifier = authority.Verifier();

    private static DateTimeOffset Now => TestAuthority.Now;

    public void Dispose() => authority.Dispose();

    [Fact]
    public void Evidence_is_genuine_under_a_list_that_does_not_name_its_certificates()
    {
        Assert.True(Verified(authority.RevocationList(Now.AddDays(-1), Now.AddDays(30), authority.ChipCertificate)).RevocationChecked);
        Assert.False(Verified().RevocationChecked);
    }

    [Fact]
    public void A_list_of_another_root_says_nothing() => Assert.False(Verified(authority.RevocationListOf("ARK-Milan", Now.AddDays(-1), Now.AddDays(30))).RevocationChecked);

    [Fact]
    public void A_revoked_issuer_or_root_is_refused_also_when_its_chain_is_known()
    {
        Verified();
        AssertCodes(Now, authority.RevocationList(Now.AddDays(-1), Now.AddDays(30), authority.Issuer), "certificate-revoked");
        AssertCodes(Now, authority.RevocationList(Now.AddDays(-1), Now.AddDays(30), authority.Root), "certificate-revoked");
    }

    [Fact]
    public void A_list_outside_its_dates_or_by_another_key_is_refused_also_when_it_was_seen_before()
    {
        var list = authority.RevocationList(Now.AddDays(-1), Now.AddDays(30));
        Assert.True(Verified(list).RevocationChecked);
        AssertCodes(Now.AddDays(-2), list, "crl-not-yet-valid");
        AssertCodes(Now.AddDays(31), list, "crl-expired");
        AssertCodes(Now, authority.ForgedRevocationList(), "crl-signature-invalid");
    }

    private VerifiedSnpEvidence Verified(params CertificateRevocationList[] lists)
    {
        var verdict = verifier.Verify(authority.Evidence(), new Collateral { RevocationLists = lists }, Now);
        Assert.True(verdict.IsAccepted(out var verified, out var findings), string.Join('\n', findings));
        return (VerifiedSnpEvidence)verified;
    }

    private void AssertCodes(DateTimeOffset at, CertificateRevocationList list, params string[] codes)
    {
        Assert.False(verifier.Verify(authority.Evidence(), new Collateral { RevocationLists = [list] }, at).IsAccepted(out _, out var findings));
        Assert.Equal(codes, findings.Select(finding => finding.Code));
    }
}
