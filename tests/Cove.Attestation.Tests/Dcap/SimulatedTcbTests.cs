using System.Text.Json.Nodes;
using Cove.Attestation.Dcap;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Dcap;

/// <summary>What TCB info and QE identity say of a platform, and what that comes to.</summary>
public sealed class SimulatedTcbTests : IDisposable
{
    private static readonly DateTimeOffset Then = SimulatedPlatform.Then;
    private readonly SimulatedPlatform platform = new();

    public void Dispose() => platform.Dispose();

    [Theory]
    [InlineData("UpToDate", "UpToDate", "UpToDate")]
    [InlineData("SWHardeningNeeded", "UpToDate", "SWHardeningNeeded")]
    [InlineData("ConfigurationNeeded", "UpToDate", "ConfigurationNeeded")]
    [InlineData("ConfigurationAndSWHardeningNeeded", "UpToDate", "ConfigurationAndSWHardeningNeeded")]
    [InlineData("OutOfDate", "UpToDate", "OutOfDate")]
    [InlineData("OutOfDateConfigurationNeeded", "UpToDate", "OutOfDateConfigurationNeeded")]
    [InlineData("Revoked", "UpToDate", "Revoked")]
    [InlineData("UpToDate", "OutOfDate", "OutOfDate")]
    [InlineData("SWHardeningNeeded", "OutOfDate", "OutOfDate")]
    [InlineData("ConfigurationNeeded", "OutOfDate", "OutOfDateConfigurationNeeded")]
    [InlineData("ConfigurationAndSWHardeningNeeded", "OutOfDate", "OutOfDateConfigurationNeeded")]
    [InlineData("OutOfDate", "OutOfDate", "OutOfDate")]
    [InlineData("OutOfDateConfigurationNeeded", "OutOfDate", "OutOfDateConfigurationNeeded")]
    [InlineData("UpToDate", "Revoked", "Revoked")]
    [InlineData("Revoked", "OutOfDate", "Revoked")]
    public void Platform_and_quoting_enclave_converge_to_one_status(string ofPlatform, string ofEnclave, string expected)
    {
        var verified = Verify(
            platform.SgxQuote(),
            info => info["tcbLevels"] = new JsonArray(SimulatedPlatform.Level(5, 13, 5, ofPlatform, "INTEL-SA-2", "INTEL-SA-1")),
            identity => identity["tcbLevels"] = new JsonArray(SimulatedPlatform.IsvLevel(8, ofEnclave, "INTEL-SA-3", "INTEL-SA-1")));
        Assert.Equal((expected, ofPlatform, ofEnclave), (verified.Tcb.Status.ToString(), verified.Tcb.Platform.ToString(), verified.Tcb.QuotingEnclave.ToString()));
        Assert.Equal(["INTEL-SA-1", "INTEL-SA-2", "INTEL-SA-3"], verified.Tcb.Advisories);

        // Only what was named is accepted, and Revoked never.
        var status = verified.Tcb.Status;
        Assert.Equal(status == TcbStatus.UpToDate, AppraisalPolicy.GenuineGuests.Appraise(verified).IsAccepted(out _, out var findings));
        Assert.True(status == TcbStatus.UpToDate || findings.Single().Code == "tcb-status-not-accepted");
        var named = AppraisalPolicy.GenuineGuests with { Sgx = AppraisalPolicy.GenuineGuests.Sgx! with { Tcb = new TcbRequirements { AcceptedStatuses = [status] } } };
        Assert.Equal(status != TcbStatus.Revoked, named.Appraise(verified).IsAccepted(out _, out _));
    }

    [Theory]
    [InlineData(8, TcbStatus.UpToDate)]
    [InlineData(9, TcbStatus.UpToDate)]
    [InlineData(7, TcbStatus.OutOfDate)]
    [InlineData(6, TcbStatus.OutOfDate)]
    [InlineData(4, TcbStatus.Revoked)]
    public void The_quoting_enclave_has_the_level_that_it_reaches(ushort svn, TcbStatus expected)
    {
        platform.QeSvn = svn;
        Assert.Equal(expected, Verify(platform.SgxQuote()).Tcb.QuotingEnclave);
    }

    [Fact]
    public void A_quoting_enclave_below_every_level_is_refused()
    {
        platform.QeSvn = 3;
        Assert.Equal("qe-tcb-unknown", Assert.Single(Refuse(platform.SgxQuote())).Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void Every_component_must_reach_the_level(int component)
    {
        platform.Components[component] = 4;
        platform.IssuePck(Then.AddDays(-1), Then.AddDays(1));
        var verified = Verify(platform.SgxQuote());
        Assert.Equal((TcbStatus.OutOfDate, "INTEL-SA-00001"), (verified.Tcb.Status, Assert.Single(verified.Tcb.Advisories)));
        platform.Components[component] = 2;
        platform.IssuePck(Then.AddDays(-1), Then.AddDays(1));
        Assert.Equal("tcb-level-unknown", Assert.Single(Refuse(platform.SgxQuote())).Code);
    }

    [Fact]
    public void The_provisioning_enclave_must_reach_the_level()
    {
        static void Needs(JsonObject info, int pceSvn) => info["tcbLevels"]!.AsArray()[0]!["tcb"]!["pcesvn"] = pceSvn;
        Assert.Equal(TcbStatus.UpToDate, Verify(platform.SgxQuote(), info => Needs(info, 13)).Tcb.Status);
        Assert.Equal(TcbStatus.OutOfDate, Verify(platform.SgxQuote(), info => Needs(info, 14)).Tcb.Status);
    }

    [Theory]
    [InlineData(5, 3, 5, TcbStatus.UpToDate, TcbStatus.UpToDate)]
    [InlineData(4, 3, 5, TcbStatus.OutOfDate, TcbStatus.OutOfDate)]
    [InlineData(5, 3, 4, TcbStatus.OutOfDate, TcbStatus.UpToDate)]
    public void A_later_TDX_module_is_judged_apart_from_the_platform(byte isvSvn, byte major, byte other, TcbStatus expected, TcbStatus module)
    {
        var verified = Verify(platform.Td10Quote(change: Svn(isvSvn, major, other)));
        Assert.Equal((expected, (TcbStatus?)module), (verified.Tcb.Status, verified.Tcb.Module));
    }

    [Theory]
    [InlineData(5, 5, TcbStatus.UpToDate)]
    [InlineData(4, 5, TcbStatus.OutOfDate)]
    [InlineData(3, 3, TcbStatus.OutOfDate)]
    public void The_first_TDX_module_is_judged_with_the_platform(byte isvSvn, byte other, TcbStatus expected)
    {
        // Component 1 of the levels is the major version, which the first module has as 0.
        var verified = Verify(platform.Td10Quote(change: Svn(isvSvn, 0, other)), info =>
        {
            foreach (var level in info["tcbLevels"]!.AsArray()) level!["tcb"]!["tdxtcbcomponents"]![1]!["svn"] = 0;
        });
        Assert.Equal((expected, (TcbStatus?)null), (verified.Tcb.Status, verified.Tcb.Module));
    }

    [Fact]
    public void A_TDX_module_that_the_collateral_does_not_know_is_refused()
    {
        Assert.Equal("tdx-module-unknown", Assert.Single(Refuse(platform.Td10Quote(change: Svn(5, 4, 5)))).Code);
        Assert.Equal("tdx-module-mismatch", Assert.Single(Refuse(platform.Td10Quote(change: body => body[64] = 1))).Code);
        Assert.Equal("tdx-module-mismatch", Assert.Single(Refuse(platform.Td10Quote(change: body => body[112] = 1))).Code);
        Assert.Equal("tcb-level-unknown", Assert.Single(Refuse(platform.Td10Quote(change: Svn(2, 3, 5)))).Code);
    }

    [Theory]
    [InlineData(3, 5, "UpToDate", TcbStatus.TDRelaunchAdvised)]
    [InlineData(3, 5, "ConfigurationNeeded", TcbStatus.TDRelaunchAdvisedConfigurationNeeded)]
    [InlineData(3, 3, "UpToDate", TcbStatus.OutOfDate)]
    [InlineData(5, 5, "UpToDate", TcbStatus.UpToDate)]
    [InlineData(5, 3, "UpToDate", TcbStatus.UpToDate)]
    public void A_domain_that_was_launched_before_TDX_was_updated_should_be_launched_anew(byte launched, byte running, string ofPlatform, TcbStatus expected)
    {
        var quote = platform.Td15Quote(body => (body[0], body[584]) = (launched, running));
        var verified = Verify(quote, info => info["tcbLevels"]!.AsArray()[0]!["tcbStatus"] = ofPlatform);
        Assert.Equal(expected, verified.Tcb.Status);
        Assert.Equal(expected == TcbStatus.UpToDate, AppraisalPolicy.GenuineGuests.Appraise(verified).IsAccepted(out _, out _));
    }

    [Theory]
    [InlineData("fmspc", "010203040506", "TCB info fmspc")]
    [InlineData("pceId", "0001", "TCB info pceId")]
    public void Collateral_of_other_platforms_is_refused(string member, string value, string field)
    {
        var finding = Assert.Single(Refuse(platform.SgxQuote(), info => info[member] = value));
        Assert.Equal(("collateral-mismatch", field), (finding.Code, finding.Field));
    }

    [Fact]
    public void Collateral_of_another_kind_of_TEE_is_refused()
    {
        var evidence = QuoteEvidence.Parse(platform.SgxQuote());
        Assert.False(new EvidenceVerifier(platform.Anchors).Verify(evidence, new Collateral { Dcap = platform.Collateral(QuoteTee.Tdx) }, Then).IsAccepted(out _, out var findings));
        Assert.Equal(["TCB info id", "QE identity id"], findings.Select(finding => finding.Field));
    }

    [Theory]
    [InlineData("mrsigner", "00", "QE report MRSIGNER")]
    [InlineData("isvprodid", "2", "QE report ISVPRODID")]
    [InlineData("miscselect", "01000000", "QE report MISCSELECT")]
    [InlineData("attributes", "15000000000000000000000000000000", "QE report ATTRIBUTES")]
    public void A_quoting_enclave_with_another_identity_is_refused(string member, string value, string field)
    {
        var finding = Assert.Single(Refuse(platform.SgxQuote(), qeIdentity: identity =>
            identity[member] = member == "isvprodid" ? int.Parse(value, System.Globalization.CultureInfo.InvariantCulture) : member == "mrsigner" ? new string('0', 64) : value));
        Assert.Equal(("qe-identity-mismatch", field), (finding.Code, finding.Field));
    }

    [Fact]
    public void What_the_identity_masks_out_does_not_count() =>
        Assert.Equal(TcbStatus.UpToDate, Verify(platform.SgxQuote(), qeIdentity: identity => (identity["miscselect"], identity["miscselectMask"]) = ("00000000", "00000000")).Tcb.Status);

    [Fact]
    public void Requirements_look_at_date_number_and_advisories_as_well()
    {
        platform.Components[0] = 4;
        platform.IssuePck(Then.AddDays(-1), Then.AddDays(1));
        var verified = Verify(platform.SgxQuote());
        var tcb = new TcbRequirements { AcceptedStatuses = [TcbStatus.OutOfDate], MinimumEvaluationDataNumber = 16, MinimumTcbDate = verified.Tcb.TcbDate };
        Assert.Empty(Appraise(verified, tcb));
        Assert.Equal(["tcb-evaluation-too-old"], Appraise(verified, tcb with { MinimumEvaluationDataNumber = 17 }));
        Assert.Equal(["tcb-too-old"], Appraise(verified, tcb with { MinimumTcbDate = verified.Tcb.TcbDate.AddDays(1) }));
        Assert.Equal(["tcb-advisory-not-accepted"], Appraise(verified, tcb with { RefusedAdvisories = ["intel-sa-00001"] }));
        Assert.Equal(["tcb-status-not-accepted"], Appraise(verified, new TcbRequirements()));
    }

    private static IEnumerable<string> Appraise(VerifiedQuoteEvidence evidence, TcbRequirements tcb)
    {
        var policy = AppraisalPolicy.GenuineGuests with { Sgx = AppraisalPolicy.GenuineGuests.Sgx! with { Tcb = tcb } };
        policy.Appraise(evidence).IsAccepted(out _, out var findings);
        return findings.Select(finding => finding.Code);
    }

    private static Action<byte[]> Svn(byte isvSvn, byte major, byte other) => body => (body[0], body[1], body[2]) = (isvSvn, major, other);

    private VerifiedQuoteEvidence Verify(byte[] quote, Action<JsonObject>? tcbInfo = null, Action<JsonObject>? qeIdentity = null)
    {
        var evidence = QuoteEvidence.Parse(quote);
        var collateral = new Collateral { Dcap = platform.Collateral(evidence.Quote.Tee, tcbInfo, qeIdentity) };
        Assert.True(new EvidenceVerifier(platform.Anchors).Verify(evidence, collateral, Then).IsAccepted(out var verified, out var findings), string.Join('\n', findings));
        return (VerifiedQuoteEvidence)verified;
    }

    private IReadOnlyList<Finding> Refuse(byte[] quote, Action<JsonObject>? tcbInfo = null, Action<JsonObject>? qeIdentity = null)
    {
        var evidence = QuoteEvidence.Parse(quote);
        var collateral = new Collateral { Dcap = platform.Collateral(evidence.Quote.Tee, tcbInfo, qeIdentity) };
        Assert.False(new EvidenceVerifier(platform.Anchors).Verify(evidence, collateral, Then).IsAccepted(out _, out var findings));
        return findings;
    }
}
