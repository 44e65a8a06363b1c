using System.Buffers.Binary;
using Cove.Attestation.Dcap;
using Cove.Attestation.Tdx;
using Cove.Attestation.Tests.Dcap;

namespace Cove.Attestation.Tests.Tdx;

public sealed class TdxAppraisalPolicyTests : IDisposable
{
    private static readonly TdxAppraisalPolicy Strict = AppraisalPolicy.GenuineGuests.Tdx!;
    private readonly SimulatedPlatform platform = new();

    public void Dispose() => platform.Dispose();

    [Fact]
    public void A_plain_domain_is_accepted_and_an_empty_policy_accepts_none()
    {
        Assert.Empty(Appraise(Strict, null));
        Assert.False(new AppraisalPolicy().Appraise(Verify(null)).IsAccepted(out _, out var findings));
        Assert.Equal("policy-absent", Assert.Single(findings).Code);
        Assert.Equal(
            ["tcb-status-not-accepted", "measurement-not-accepted", "module-not-accepted", "config-id-not-accepted", "owner-not-accepted", "owner-not-accepted",
                "rtmr-not-accepted", "rtmr-not-accepted", "rtmr-not-accepted", "rtmr-not-accepted", "report-data-not-accepted"],
            Appraise(new TdxAppraisalPolicy(), null));
    }

    [Fact]
    public void Attributes_that_open_a_domain_are_refused_unless_they_are_permitted()
    {
        Assert.Equal(["debug-not-permitted"], Appraise(Strict, Attributes(1 << 28 | 1)));
        Assert.Empty(Appraise(Strict with { PermitDebug = true }, Attributes(1 << 28 | 1)));
        Assert.Equal(["debug-not-permitted"], Appraise(Strict, Attributes(1 << 28 | 1 << 5)));
        Assert.Equal(["sept-ve-not-permitted"], Appraise(Strict, Attributes(0)));
        Assert.Empty(Appraise(Strict with { PermitSeptVe = true }, Attributes(0)));
        Assert.Equal(["migration-not-permitted"], Appraise(Strict, Attributes(1 << 28 | 1 << 29)));
        Assert.Empty(Appraise(Strict with { PermitMigration = true }, Attributes(1 << 28 | 1 << 29)));
        Assert.Equal(["td-attributes-unknown"], Appraise(Strict with { PermitDebug = true }, Attributes(1 << 28 | 1 << 20)));
        Assert.Equal(["td-attributes-unknown"], Appraise(Strict, body => body[128] = 0x1));
        Assert.Equal(["td-attributes-unknown"], Appraise(Strict, body => body[131] = 0x80));
    }

    [Fact]
    public void A_service_domain_is_refused_unless_it_is_named()
    {
        Action<byte[]> bound = body => body[600] = 7;
        Assert.Equal(["service-td-not-permitted"], Appraise(Strict, bound));
        byte[] named = [7, .. new byte[47]];
        Assert.Empty(Appraise(Strict with { ServiceTd = ReferenceValues.Of(named) }, bound));
        named[0] = 8;
        Assert.Equal(["service-td-not-permitted"], Appraise(Strict with { ServiceTd = ReferenceValues.Of(named) }, bound));
    }

    [Fact]
    public void Reference_values_accept_what_they_name_and_nothing_else()
    {
        var report = Verify(null).Report;
        var policy = Strict with { MrTd = ReferenceValues.Of(report.MrTd.ToArray()) };
        Assert.Equal(["measurement-not-accepted"], Appraise(policy, null));
        Assert.Empty(Appraise(policy, body => report.MrTd.CopyTo(body.AsSpan(136))));
    }

    [Fact]
    public void A_domain_whose_runtime_registers_differ_is_refused_register_by_register()
    {
        byte[] zero = new byte[48];
        var policy = Strict with { Rtmrs = [ReferenceValues.Any, ReferenceValues.Any, ReferenceValues.Of(zero)] };
        Assert.Equal(["rtmr-not-accepted", "rtmr-not-accepted"], Appraise(policy, null));
        Assert.Equal(["rtmr-not-accepted"], Appraise(policy, body => body.AsSpan(328 + 96, 48).Clear()));
    }

    private static Action<byte[]> Attributes(ulong value) => body => BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(120), value);

    private IEnumerable<string> Appraise(TdxAppraisalPolicy policy, Action<byte[]>? change)
    {
        new AppraisalPolicy { Tdx = policy }.Appraise(Verify(change)).IsAccepted(out _, out var findings);
        return findings.Select(finding => finding.Code);
    }

    private VerifiedTdxEvidence Verify(Action<byte[]>? change)
    {
        var collateral = new Collateral { Dcap = platform.Collateral(QuoteTee.Tdx) };
        Assert.True(new EvidenceVerifier(platform.Anchors).Verify(TdxEvidence.Parse(platform.Td15Quote(change)), collateral, SimulatedPlatform.Then).IsAccepted(out var verified, out _));
        return (VerifiedTdxEvidence)verified;
    }
}
