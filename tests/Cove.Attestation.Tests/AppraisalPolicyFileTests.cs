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
            "measurement": "any", "hostData": ["1111111111111111111111111111111111111111111111111111111111111111"]
          },
          "sgx": { "tcb": { "acceptedStatuses": ["UpToDate", "SWHardeningNeeded"], "refusedAdvisories": ["INTEL-SA-00615"], "minimumTcbDate": "2024-03-13" }, "productId": ["0100"] },
          "tdx": { "permitSeptVe": true, "rtmrs": ["any", []] },
          "claimRules": "version= 1.0;authorizationrules{=> permit();};"
        }
        """;

    [Fact]
    public void Every_member_means_the_property_of_its_name()
    {
        var policy = AppraisalPolicy.Parse(Encoding.UTF8.GetBytes(Whole));
        Assert.Equal([0u, 1u], policy.Snp!.PermittedVmpls);
        Assert.Equal(new TcbVersion(0, 4, 0, 24, 219), policy.Snp.MinimumTcb[SnpProduct.Milan]);
        Assert.Equal(new TcbVersion(1, 0, 0, 4, 0), policy.Snp.MinimumTcb[SnpProduct.Turin]);
        Assert.True(policy.Snp is { PermitMaskedChipId: true, RequireUvmEndorsement: true, MinimumGuestSvn: 3, PermitDebug: false });
        Assert.Same(ReferenceValues.Any, policy.Snp.Measurement);
        Assert.True(policy.Snp.HostData.Accept(Enumerable.Repeat((byte)0x11, 32).ToArray()));
        Assert.Equal([TcbStatus.UpToDate, TcbStatus.SWHardeningNeeded], policy.Sgx!.Tcb.AcceptedStatuses);
        Assert.Equal(new DateTimeOffset(2024, 3, 13, 0, 0, 0, TimeSpan.Zero), policy.Sgx.Tcb.MinimumTcbDate);
        Assert.True(policy.Sgx.ProductId.Accept([1, 0]));
        Assert.True(policy.Tdx is { PermitSeptVe: true, Rtmrs: [_, _] });
        Assert.NotNull(policy.ClaimRules);
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
    [InlineData("""{"snp":{"measurement":["00"]}}""", "snp.measurement")]
    [InlineData("""{"snp":{"measurement":"all"}}""", "snp.measurement")]
    [InlineData("""{"snp":{"permitDebug":"false"}}""", "snp.permitDebug")]
    [InlineData("""{"snp":{"permittedVmpls":[4]}}""", "snp.permittedVmpls")]
    [InlineData("""{"snp":{"minimumTcb":{"Rome":{}}}}""", "snp.minimumTcb.Rome")]
    [InlineData("""{"snp":{"minimumTcb":{"Milan":{"ucode":1}}}}""", "snp.minimumTcb.Milan.ucode")]
    [InlineData("""{"sgx":{"tcb":{"acceptedStatuses":["uptodate"]}}}""", "sgx.tcb.acceptedStatuses")]
    [InlineData("""{"sgx":{"tcb":{"acceptedStatuses":["0"]}}}""", "sgx.tcb.acceptedStatuses")]
    [InlineData("""{"sgx":{"tcb":{"minimumTcbDate":"soon"}}}""", "sgx.tcb.minimumTcbDate")]
    public void A_name_or_value_that_means_nothing_is_refused(string json, string field) =>
        Assert.Equal(field, Assert.Throws<MalformedException>(() => AppraisalPolicy.Parse(Encoding.UTF8.GetBytes(json))).Field);
}
