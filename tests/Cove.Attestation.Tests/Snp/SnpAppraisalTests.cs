using System.Buffers.Binary;
using Cove.Attestation.Snp;

namespace Cove.Attestation.Tests.Snp;

/// <summary>Genuine reports, each acceptable to one policy and not to the same policy that asks for one thing more.</summary>
public sealed class SnpAppraisalTests : IDisposable
{
    private readonly TestAuthority authority = new();

    private static SnpAppraisalPolicy Genuine => AppraisalPolicy.GenuineGuests.Snp!;

    public void Dispose() => authority.Dispose();

    public static TheoryData<string, ulong> PolicyBits => new()
    {
        { nameof(SnpGuestRequirements.ForbidSmt), 1UL << 16 }, { nameof(SnpGuestRequirements.RequireSingleSocket), 1UL << 20 }, { nameof(SnpGuestRequirements.ForbidCxl), 1UL << 21 },
        { nameof(SnpGuestRequirements.RequireAes256Xts), 1UL << 22 }, { nameof(SnpGuestRequirements.RequireRaplDisabled), 1UL << 23 },
        { nameof(SnpGuestRequirements.RequireCiphertextHiding), 1UL << 24 }, { nameof(SnpGuestRequirements.RequirePageSwapDisabled), 1UL << 25 },
    };

    [Theory, MemberData(nameof(PolicyBits))]
    public void Each_bit_of_the_guest_policy_can_be_asked_for(string requirement, ulong bit)
    {
        var guest = requirement switch
        {
            nameof(SnpGuestRequirements.ForbidSmt) => new SnpGuestRequirements { ForbidSmt = true },
            nameof(SnpGuestRequirements.ForbidCxl) => new SnpGuestRequirements { ForbidCxl = true },
            nameof(SnpGuestRequirements.RequireSingleSocket) => new SnpGuestRequirements { RequireSingleSocket = true },
            nameof(SnpGuestRequirements.RequireAes256Xts) => new SnpGuestRequirements { RequireAes256Xts = true },
            nameof(SnpGuestRequirements.RequireRaplDisabled) => new SnpGuestRequirements { RequireRaplDisabled = true },
            nameof(SnpGuestRequirements.RequireCiphertextHiding) => new SnpGuestRequirements { RequireCiphertextHiding = true },
            _ => new SnpGuestRequirements { RequirePageSwapDisabled = true },
        };
        var forbids = requirement.StartsWith("Forbid", StringComparison.Ordinal);
        ulong[] policies = [0x2_0000, 0x2_0000 | bit];
        foreach (var policy in policies)
        {
            var verified = Verified(report => BinaryPrimitives.WriteUInt64LittleEndian(report.AsSpan(0x008), policy));
            AssertCodes(Genuine, verified);
            var isSet = (policy & bit) != 0;
            AssertCodes(Genuine with { Guest = guest }, verified, isSet == forbids ? ["guest-policy-not-accepted"] : []);
        }
    }

    public static TheoryData<string, ulong> PlatformBits => new()
    {
        { nameof(SnpPlatformRequirements.ForbidSmt), 1 << 0 }, { nameof(SnpPlatformRequirements.RequireEcc), 1 << 2 }, { nameof(SnpPlatformRequirements.RequireRaplDisabled), 1 << 3 },
        { nameof(SnpPlatformRequirements.RequireCiphertextHiding), 1 << 4 }, { nameof(SnpPlatformRequirements.RequireAliasCheck), 1 << 5 },
    };

    [Theory, MemberData(nameof(PlatformBits))]
    public void Each_setting_of_the_platform_can_be_asked_for(string requirement, ulong bit)
    {
        var platform = requirement switch
        {
            nameof(SnpPlatformRequirements.ForbidSmt) => new SnpPlatformRequirements { ForbidSmt = true },
            nameof(SnpPlatformRequirements.RequireEcc) => new SnpPlatformRequirements { RequireEcc = true },
            nameof(SnpPlatformRequirements.RequireRaplDisabled) => new SnpPlatformRequirements { RequireRaplDisabled = true },
            nameof(SnpPlatformRequirements.RequireCiphertextHiding) => new SnpPlatformRequirements { RequireCiphertextHiding = true },
            _ => new SnpPlatformRequirements { RequireAliasCheck = true },
        };
        var forbids = requirement.StartsWith("Forbid", StringComparison.Ordinal);
        foreach (var info in (ulong[])[0, bit])
        {
            var verified = Verified(report => BinaryPrimitives.WriteUInt64LittleEndian(report.AsSpan(0x040), info));
            AssertCodes(Genuine with { Platform = platform }, verified, info != 0 == forbids ? ["platform-info-not-accepted"] : []);
        }
    }

    [Fact]
    public void Firmware_has_a_lowest_version_compared_part_by_part_from_the_left()
    {
        var verified = Verified();
        AssertCodes(Genuine with { Platform = new() { MinimumFirmware = new(1, 55, 29) } }, verified);
        AssertCodes(Genuine with { Platform = new() { MinimumFirmware = new(0, 99, 99) } }, verified);
        AssertCodes(Genuine with { Platform = new() { MinimumFirmware = new(1, 55, 30) } }, verified, "firmware-below-minimum", "firmware-below-minimum");
        var committedOlder = Verified(report => report[0x1EC] = 28);
        AssertCodes(Genuine with { Platform = new() { MinimumFirmware = new(1, 55, 29) } }, committedOlder, "firmware-below-minimum");
        AssertCodes(Genuine with { Platform = new() { ForbidProvisionalFirmware = true } }, committedOlder, "firmware-provisional");
        AssertCodes(Genuine with { Platform = new() { ForbidProvisionalFirmware = true } }, verified);
        var tcbNotCommitted = Verified(report => report[0x1E0 + 7] = 0xDA);
        AssertCodes(Genuine with { Platform = new() { ForbidProvisionalFirmware = true } }, tcbNotCommitted, "firmware-provisional");
    }

    [Fact]
    public void Mitigations_must_have_been_there_at_launch_and_be_there_now()
    {
        var policy = Genuine with { Platform = new() { RequiredMitigations = 0x21 } };
        AssertCodes(policy, Verified());
        AssertCodes(policy, Verified(report => report[0x1F8] = 0x20), "mitigations-missing");
        AssertCodes(policy, Verified(report => report[0x200] = 0x01), "mitigations-missing");
        AssertCodes(policy, Verified(report =>
        {
            report[0] = 3;
            report.AsSpan(0x1F8, 16).Clear();
        }), "mitigations-missing", "mitigations-missing");
    }

    [Fact]
    public void A_minimum_TCB_is_held_part_by_part_and_a_product_without_one_is_refused()
    {
        var tcb = new TcbVersion(Fmc: 0, BootLoader: 4, Tee: 0, Snp: 24, Microcode: 219);
        var verified = Verified();
        AssertCodes(Genuine with { MinimumTcb = Minimum(SnpProduct.Simulated, tcb), MinimumLaunchTcb = Minimum(SnpProduct.Simulated, tcb) }, verified);
        foreach (var higher in (TcbVersion[])[tcb with { Fmc = 1 }, tcb with { BootLoader = 5 }, tcb with { Tee = 1 }, tcb with { Snp = 25 }, tcb with { Microcode = 220 }])
        {
            AssertCodes(Genuine with { MinimumTcb = Minimum(SnpProduct.Simulated, higher) }, verified, "tcb-below-minimum");
            AssertCodes(Genuine with { MinimumLaunchTcb = Minimum(SnpProduct.Simulated, higher) }, verified, "tcb-below-minimum");
        }

        AssertCodes(Genuine with { MinimumTcb = Minimum(SnpProduct.Milan, tcb) }, verified, "tcb-minimum-absent");
        AssertCodes(Genuine with { MinimumTcb = SnpTcbMinimums.Of(new Dictionary<SnpProduct, TcbVersion>()) }, verified, "tcb-minimum-absent");
        // Launched on older firmware, and running on what is accepted.
        AssertCodes(Genuine with { MinimumLaunchTcb = Minimum(SnpProduct.Simulated, tcb) }, Verified(report => report[0x1F0] = 3), "tcb-below-minimum");
    }

    [Fact]
    public void Identifiers_of_the_ID_block_and_the_chip_say_nothing_unless_they_are_asked_for()
    {
        var verified = Verified(report => (report[0x010], report[0x020]) = (1, 2));
        byte[] family = [1, .. new byte[15]];
        AssertCodes(Genuine with { FamilyId = ReferenceValues.Of(family.AsMemory()) }, verified);
        AssertCodes(Genuine with { FamilyId = ReferenceValues.Of(new byte[16].AsMemory()), ImageId = ReferenceValues.Of(family.AsMemory()), ChipId = ReferenceValues.None }, verified,
            "family-id-not-accepted", "image-id-not-accepted", "chip-not-accepted");
        AssertCodes(Genuine with { ChipId = ReferenceValues.Of(verified.Report.ChipId.ToArray().AsMemory()) }, verified);
    }

    [Fact]
    public void Revocation_must_have_been_looked_at_where_that_is_asked_for()
    {
        var policy = Genuine with { Platform = new() { RequireRevocationList = true } };
        AssertCodes(policy, Verified(), "revocation-unknown");
        var collateral = new Collateral { RevocationLists = [authority.RevocationList(TestAuthority.Now.AddDays(-1), TestAuthority.Now.AddDays(1))] };
        Assert.True(authority.Verifier().Verify(authority.Evidence(), collateral, TestAuthority.Now).IsAccepted(out var verified, out _));
        AssertCodes(policy, (VerifiedSnpEvidence)verified);
    }

    [Fact]
    public void The_ABI_that_the_guest_asks_for_has_a_minimum()
    {
        var verified = Verified();
        AssertCodes(Genuine with { Guest = new() { MinimumAbiMinor = 31 } }, verified);
        AssertCodes(Genuine with { Guest = new() { MinimumAbiMinor = 32 } }, verified, "abi-below-minimum");
        AssertCodes(Genuine with { Guest = new() { MinimumAbiMajor = 1 } }, verified, "abi-below-minimum");
    }

    private static SnpTcbMinimums Minimum(SnpProduct product, TcbVersion tcb) => SnpTcbMinimums.Of(new Dictionary<SnpProduct, TcbVersion> { [product] = tcb });

    private VerifiedSnpEvidence Verified(Action<byte[]>? change = null)
    {
        Assert.True(authority.Verifier().Verify(authority.Evidence(change), Collateral.None, TestAuthority.Now).IsAccepted(out var verified, out var findings), string.Join('\n', findings));
        return (VerifiedSnpEvidence)verified;
    }

    private static void AssertCodes(SnpAppraisalPolicy policy, VerifiedSnpEvidence verified, params string[] codes)
    {
        new AppraisalPolicy { Snp = policy }.Appraise(verified).IsAccepted(out _, out var findings);
        Assert.Equal(codes, findings.Select(finding => finding.Code));
        Assert.All(findings, finding => Assert.NotNull(finding.Section));
    }
}
