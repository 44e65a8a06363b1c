using System.Text;
using Cove.Attestation.Dcap;
using Cove.Attestation.Snp;
using Cove.Outcomes;

namespace Cove.Attestation.Tests;

public sealed class AppraisalPolicyFileTests
{
    private const string Whole = """
        {
          "snp": {
            "permittedVmpls": [0, 1], "permitMaskedChipId": true, "minimumGuestSvn": 3, "requireUvmEndorsement": true,
            "minimumTcb": { "Milan": { "bootLoader": 4, "snp": 24, "microcode": 219 }, "Turin": { "fmc": 1, "snp": 4 } },
            "minimumLaunchTcb": { "Genoa": { "microcode": 1 } }, "imageId": ["02000000000000000000000000000000"],
            "guest": { "forbidSmt": true, "forbidCxl": true, "requireSingleSocket": true, "requireAes256Xts": true, "requireRaplDisabled": true, "requireCiphertextHiding": true,
                       "requirePageSwapDisabled": true, "minimumAbiMajor": 1, "minimumAbiMinor": 55 },
            "platform": { "forbidSmt": true, "requireEcc": true, "requireRaplDisabled": true, "requireCiphertextHiding": true, "requireAliasCheck": true, "minimumFirmware": "1.55.29",
                          "forbidProvisionalFirmware": true, "requiredMitigations": "0x3f", "requireRevocationList": true },
            "measurement": "any", "hostData": ["1111111111111111111111111111111111111111111111111111111111111111"]
          },
          "sgx": { "tcb": { "acceptedStatuses": ["UpToDate", "SWHardeningNeeded"], "refusedAdvisories": ["INTEL-SA-00615"], "minimumTcbDate": "2024-03-13" }, "productId": ["0100"] },
          "tdx": { "permitSeptVe": true, "rtmrs": ["any", []] },
          "azureGuest": { "nonce": "any", "permitInsecureBoot": true, "pcrs": { "7": ["1111111111111111111111111111111111111111111111111111111111111111"], "11": "any" } },
          "claimRules": "version= 1.0;authorizationrules{=> permit();};"
        }
        """;

    [Fact]
    public void Every_member_means_the_property_of_its_name()
    {
        var policy = AppraisalPolicy.Parse(Encoding.UTF8.GetBytes(Whole));
        Assert.Equal([0u, 1u], policy.Snp!.PermittedVmpls);
        Assert.Equal(new TcbVersion(0, 4, 0, 24, 219), policy.Snp.MinimumTcb.Find(SnpProduct.Milan));
        Assert.Equal(new TcbVersion(1, 0, 0, 4, 0), policy.Snp.MinimumTcb.Find(SnpProduct.Turin));
        Assert.True(policy.Snp is { PermitMaskedChipId: true, RequireUvmEndorsement: true, MinimumGuestSvn: 3, PermitDebug: false });
        Assert.Same(ReferenceValues.Any, policy.Snp.Measurement);
        Assert.True(policy.Snp.HostData.Accept(Enumerable.Repeat((byte)0x11, 32).ToArray()));
        Assert.Equal([TcbStatus.UpToDate, TcbStatus.SWHardeningNeeded], policy.Sgx!.Tcb.AcceptedStatuses);
        Assert.Equal(new DateTimeOffset(2024, 3, 13, 0, 0, 0, TimeSpan.Zero), policy.Sgx.Tcb.MinimumTcbDate);
        Assert.True(policy.Sgx.ProductId.Accept([1, 0]));
        Assert.True(policy.Tdx is { PermitSeptVe: true, Rtmrs: [_, _] });
        Assert.NotNull(policy.ClaimRules);
        var guest = new SnpGuestRequirements
        {
            ForbidSmt = true, ForbidCxl = true, RequireSingleSocket = true, RequireAes256Xts = true, RequireRaplDisabled = true, RequireCiphertextHiding = true,
            RequirePageSwapDisabled = true, MinimumAbiMajor = 1, MinimumAbiMinor = 55,
        };
        var platform = new SnpPlatformRequirements
        {
            ForbidSmt = true, RequireEcc = true, RequireRaplDisabled = true, RequireCiphertextHiding = true, RequireAliasCheck = true, MinimumFirmware = new(1, 55, 29),
            ForbidProvisionalFirmware = true, RequiredMitigations = 0x3F, RequireRevocationList = true,
        };
        Assert.Equal((guest, platform), (policy.Snp.Guest, policy.Snp.Platform));
        Assert.Equal(1, policy.Snp.MinimumLaunchTcb.Find(SnpProduct.Genoa)!.Value.Microcode);
        Assert.True(policy.Snp is { FamilyId: null, ChipId: null } && policy.Snp.ImageId!.Accept([2, .. new byte[15]]));
        Assert.True(policy.AzureGuest is { PermitInsecureBoot: true } && policy.AzureGuest.Pcrs.Keys.SequenceEqual([7, 11]));
    }

    [Fact]
    public void What_is_absent_accepts_nothing()
    {
        Assert.True(AppraisalPolicy.Parse("{}"u8.ToArray()) is { Snp: null, Sgx: null, Tdx: null });
        var snp = AppraisalPolicy.Parse("""{"snp":{}}"""u8.ToArray()).Snp!;
        Assert.Empty(snp.PermittedVmpls);
        Assert.False(snp.Measurement.Accept(new byte[48]));
        Assert.Empty(AppraisalPolicy.Parse("""{"tdx":{}}"""u8.ToArray()).Tdx!.Tcb.AcceptedStatuses);
    }

    [Theory]
    [InlineData("""{"snp":{"minimumTbc":{}}}""", "snp.minimumTbc")]
    [InlineData("""{"sev":{}}""", "sev")]
    [InlineData("""{"":{}}""", "\"\"")]
    [InlineData("""{"snp":{"measurement":["00"]}}""", "snp.measurement")]
    [InlineData("""{"snp":{"measurement":"all"}}""", "snp.measurement")]
    [InlineData("""{"snp":{"permitDebug":"false"}}""", "snp.permitDebug")]
    [InlineData("""{"snp":{"permittedVmpls":[4]}}""", "snp.permittedVmpls")]
    [InlineData("""{"snp":{"minimumTcb":{"Rome":{}}}}""", "snp.minimumTcb.Rome")]
    [InlineData("""{"snp":{"minimumTcb":{"Milan":{"ucode":1}}}}""", "snp.minimumTcb.Milan.ucode")]
    [InlineData("""{"snp":{"guest":{"forbidSMT":true}}}""", "snp.guest.forbidSMT")]
    [InlineData("""{"snp":{"platform":{"minimumFirmware":"1.55"}}}""", "snp.platform.minimumFirmware")]
    [InlineData("""{"snp":{"platform":{"requiredMitigations":"63"}}}""", "snp.platform.requiredMitigations")]
    [InlineData("""{"azureGuest":{"pcrs":{"24":"any"}}}""", "azureGuest.pcrs.24")]
    [InlineData("""{"azureGuest":{"pcrs":{"07":"any"}}}""", "azureGuest.pcrs.07")]
    [InlineData("""{"sgx":{"tcb":{"acceptedStatuses":["uptodate"]}}}""", "sgx.tcb.acceptedStatuses")]
    [InlineData("""{"sgx":{"tcb":{"acceptedStatuses":["0"]}}}""", "sgx.tcb.acceptedStatuses")]
    [InlineData("""{"sgx":{"tcb":{"minimumTcbDate":"soon"}}}""", "sgx.tcb.minimumTcbDate")]
    public void A_name_or_value_that_means_nothing_is_refused(string json, string field) =>
        Assert.Equal(field, Assert.Throws<MalformedException>(() => AppraisalPolicy.Parse(Encoding.UTF8.GetBytes(json))).Field);
}
