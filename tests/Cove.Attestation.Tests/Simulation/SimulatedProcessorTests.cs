using Cove.Attestation.Snp;
using Cove.Outcomes;
using Cove.Protocol.SecureProcessor;
using Cove.Runtime.Simulation;

namespace Cove.Attestation.Tests.Simulation;

public sealed class SimulatedProcessorTests(SimulatedAuthorityFixture simulated)
{
    private static readonly byte[] HostData = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private EvidenceVerifier ForDevelopment => new(TrustAnchors.Vendors with { Snp = SnpTrustAnchors.Amd.WithSimulatedRoot(simulated.Authority.Root) });

    [Fact]
    public void Its_reports_verify_where_its_root_is_trusted_and_say_that_they_are_simulated()
    {
        Assert.True(ForDevelopment.Verify(Evidence(), Collateral.None, TimeProvider.System.GetUtcNow()).IsAccepted(out var verified, out var findings), string.Join('\n', findings));
        Assert.True(verified.IsSimulated);
        Assert.True(AppraisalPolicy.GenuineGuests.Appraise(verified).IsAccepted(out var claims, out _));
        Assert.Equal("true", claims.Claims["x-cove-simulated"].ToString());
        Assert.Equal(Convert.ToHexStringLower(HostData), claims.Claims["x-ms-sevsnpvm-hostdata"].ToString());
    }

    [Fact]
    public void Every_default_verifier_refuses_its_root()
    {
        foreach (var verifier in (EvidenceVerifier[])[new(), new(TrustAnchors.Vendors), new(new TrustAnchors())])
        {
            Assert.False(verifier.Verify(Evidence(), Collateral.None, TimeProvider.System.GetUtcNow()).IsAccepted(out _, out var findings));
            Assert.Equal("root-not-trusted", Assert.Single(findings).Code);
        }
    }

    [Fact]
    public void Another_simulated_root_is_refused_too()
    {
        using var other = new SimulatedAuthority(TimeProvider.System);
        using var chip = other.MakeChip(SimulatedChip.CurrentTcb);
        Assert.False(ForDevelopment.Verify(Evidence(chip), Collateral.None, TimeProvider.System.GetUtcNow()).IsAccepted(out _, out var findings));
        Assert.Equal("root-not-trusted", Assert.Single(findings).Code);
        // Its report under our chain: the names are the same, the keys are not.
        var mixed = Evidence(chip) with { Certificates = simulated.Chip.Certification.Certificates };
        Assert.False(ForDevelopment.Verify(mixed, Collateral.None, TimeProvider.System.GetUtcNow()).IsAccepted(out _, out findings));
        Assert.Contains(findings, finding => finding.Code == "report-signature-invalid");
    }

    [Fact]
    public void A_simulated_root_cannot_vouch_for_an_AMD_product()
    {
        foreach (var product in (SnpProduct[])[SnpProduct.Milan, SnpProduct.Genoa, SnpProduct.Turin])
            Assert.False(SnpTrustAnchors.Amd.WithSimulatedRoot(simulated.Authority.Root).Trusts(product, simulated.Authority.Root));
        Assert.DoesNotContain("AMD", simulated.Authority.Root.Subject.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("ARK-SIM-Cove", simulated.Authority.Root.Subject.CommonName);
    }

    [Theory]
    [InlineData(1UL << 19, "debug-not-permitted")]
    [InlineData(1UL << 18, "migration-not-permitted")]
    public void A_guest_launched_with_a_weaker_policy_is_genuine_and_not_acceptable(ulong bit, string code)
    {
        var launch = new SimulatedLaunch(new byte[48], HostData, new GuestPolicy(SimulatedLaunch.ContainerGroupPolicy.Value | bit));
        var report = SimulatedProcessor.Launch(simulated.Chip, launch).GetReport(new byte[64], 0);
        Assert.True(ForDevelopment.Verify(new SnpEvidence(report, simulated.Chip.Certification.Certificates), Collateral.None, TimeProvider.System.GetUtcNow()).IsAccepted(out var verified, out _));
        Assert.False(AppraisalPolicy.GenuineGuests.Appraise(verified).IsAccepted(out _, out var findings));
        Assert.Equal(code, Assert.Single(findings).Code);
    }

    [Fact]
    public void No_guest_is_launched_with_a_policy_that_no_processor_takes() =>
        Assert.Throws<MalformedException>(() => SimulatedProcessor.Launch(simulated.Chip, new SimulatedLaunch(new byte[48], HostData, new GuestPolicy(1UL << 40))));

    [Fact]
    public void Two_launches_differ_in_their_report_id_and_one_launch_does_not()
    {
        var first = SimulatedProcessor.Launch(simulated.Chip, Launch());
        var second = SimulatedProcessor.Launch(simulated.Chip, Launch());
        static byte[] Id(SimulatedProcessor processor) => SnpReport.Parse(processor.GetReport(new byte[64], 0)).ReportId.ToArray();
        Assert.Equal(Id(first), Id(first));
        Assert.NotEqual(Id(first), Id(second));
    }

    [Fact]
    public void A_policy_without_reference_values_accepts_nothing()
    {
        Assert.True(ForDevelopment.Verify(Evidence(), Collateral.None, TimeProvider.System.GetUtcNow()).IsAccepted(out var verified, out _));
        Assert.False(new AppraisalPolicy().Appraise(verified).IsAccepted(out _, out var findings));
        Assert.Equal("policy-absent", Assert.Single(findings).Code);
        Assert.False(new AppraisalPolicy { Snp = new SnpAppraisalPolicy() }.Appraise(verified).IsAccepted(out _, out findings));
        string[] everything = ["vmpl-not-permitted", "measurement-not-accepted", "host-data-not-accepted", "report-data-not-accepted", "id-key-not-accepted", "author-key-not-accepted"];
        Assert.Equal(everything, findings.Select(finding => finding.Code));
    }

    [Fact]
    public void A_policy_with_reference_values_accepts_those_and_no_others()
    {
        Assert.True(ForDevelopment.Verify(Evidence(), Collateral.None, TimeProvider.System.GetUtcNow()).IsAccepted(out var verified, out _));
        var exact = AppraisalPolicy.GenuineGuests.Snp! with { HostData = ReferenceValues.Of(HostData), MinimumTcb = Minimum(SimulatedChip.CurrentTcb) };
        Assert.True(new AppraisalPolicy { Snp = exact }.Appraise(verified).IsAccepted(out _, out _));
        var newer = exact with { MinimumTcb = Minimum(SimulatedChip.CurrentTcb with { Microcode = 220 }), HostData = ReferenceValues.Of(new byte[32]) };
        Assert.False(new AppraisalPolicy { Snp = newer }.Appraise(verified).IsAccepted(out _, out var findings));
        Assert.Equal(["tcb-below-minimum", "host-data-not-accepted"], findings.Select(finding => finding.Code));
        static SnpTcbMinimums Minimum(TcbVersion tcb) => SnpTcbMinimums.Of(new Dictionary<SnpProduct, TcbVersion> { [SnpProduct.Simulated] = tcb });
    }

    [Fact]
    public void A_derived_key_is_the_same_for_the_same_guest_and_request_only()
    {
        const GuestFields everything = GuestFields.Policy | GuestFields.ImageId | GuestFields.FamilyId | GuestFields.Measurement | GuestFields.TcbVersion;
        var tcb = SimulatedChip.CurrentTcb.ToRaw(SnpProduct.Simulated);
        var older = (SimulatedChip.CurrentTcb with { Microcode = 200 }).ToRaw(SnpProduct.Simulated);
        using var chip = simulated.Authority.MakeChip(SimulatedChip.CurrentTcb);
        byte[] measurement = [1, .. new byte[47]];
        HashSet<string> keys =
        [
            Key(simulated.Chip, Launch(), new(everything, tcb)),
            Key(simulated.Chip, Launch(), new(everything, older)),
            Key(simulated.Chip, Launch(), new(everything, tcb, vmpl: 1)),
            Key(simulated.Chip, Launch(), new(everything & ~GuestFields.ImageId, tcb)),
            Key(simulated.Chip, new(measurement, HostData, SimulatedLaunch.ContainerGroupPolicy), new(everything, tcb)),
            Key(simulated.Chip, new(new byte[48], HostData, new GuestPolicy(SimulatedLaunch.ContainerGroupPolicy.Value | (1UL << 19))), new(everything, tcb)),
            Key(chip, Launch(), new(everything, tcb)),
        ];
        Assert.Equal(7, keys.Count);
        Assert.Contains(Key(simulated.Chip, Launch(), new(everything, tcb)), keys);
        // What is not selected does not count, as in the firmware.
        Assert.Equal(Key(simulated.Chip, Launch(), new(GuestFields.None, 0)), Key(simulated.Chip, new(measurement, HostData, SimulatedLaunch.ContainerGroupPolicy), new(GuestFields.None, tcb, guestSvn: 9)));
    }

    [Fact]
    public void No_key_is_derived_for_versions_above_the_guests_own()
    {
        var newer = (SimulatedChip.CurrentTcb with { Snp = 25 }).ToRaw(SnpProduct.Simulated);
        foreach (var request in (DerivedKeyRequest[])[new(GuestFields.TcbVersion, newer), new(GuestFields.TcbVersion, 1UL << 20), new(GuestFields.GuestSvn, 0, guestSvn: 1)])
        {
            using var refused = SimulatedProcessor.Launch(simulated.Chip, Launch()).DeriveKey(request);
            Assert.Equal(ReportResponse.InvalidParameters, refused.Status);
            Assert.True(refused.Key.IsEmpty);
        }
    }

    private static string Key(SimulatedChip chip, SimulatedLaunch launch, DerivedKeyRequest request)
    {
        using var derived = SimulatedProcessor.Launch(chip, launch).DeriveKey(request);
        Assert.Equal(ReportResponse.Success, derived.Status);
        return Convert.ToHexString(derived.Key.Span);
    }

    private static SimulatedLaunch Launch() => new(new byte[48], HostData, SimulatedLaunch.ContainerGroupPolicy);

    private SnpEvidence Evidence(SimulatedChip? chip = null)
    {
        chip ??= simulated.Chip;
        return new SnpEvidence(SimulatedProcessor.Launch(chip, Launch()).GetReport(new byte[64], 0), chip.Certification.Certificates);
    }
}
