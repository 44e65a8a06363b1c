using System.Text.Json;
using Cove.Attestation.Claims;
using Cove.Attestation.Maa.Policies;
using Cove.Outcomes;
using Cove.Tests;

namespace Cove.Attestation.Tests.Maa.Policies;

public sealed class MaaPolicyTests
{
    private const string Permit = "authorizationrules{=>permit();};";

    private static readonly Dictionary<string, ClaimValue> Evidence = new(StringComparer.Ordinal)
    {
        ["x-ms-attestation-type"] = "sevsnpvm",
        ["x-ms-sevsnpvm-is-debuggable"] = false,
        ["x-ms-sevsnpvm-vmpl"] = 0,
        ["x-ms-sevsnpvm-snpfw-svn"] = 24,
        ["x-ms-sevsnpvm-guestsvn"] = 24,
        ["x-ms-sevsnpvm-hostdata"] = "aa",
        ["x-ms-runtime"] = JsonDocument.Parse("""{"keys":[{"kid":"k1"},{"kid":"k2"}],"n":5,"f":1.5}""").RootElement,
    };

    [Theory]
    [InlineData("sgx-default-v1.0.txt", "egjnANIzEpS2WgpE4Nk-QEwM69XRCgTs42_G0qLlbnk")]
    [InlineData("snp-aci-permit.txt", "9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco")]
    [InlineData("snp-doc-permit.txt", "LTPRQQju-FejAwdYihF8YV_c2XWebG9joKvrHKc3bxs")]
    [InlineData("tdx-doc-permit.txt", "B56nbp5slhw66peoRYkpdq1WykMkEworvdol08hnMXE")]
    public void A_policys_hash_is_the_one_that_Azures_tokens_show(string file, string hash) =>
        Assert.Equal(hash, MaaPolicy.Parse(File.ReadAllText(Vectors.Path("attestation", "azure-samples-maa", "policy-hash", file))).Hash);

    [Fact]
    public void The_default_policy_is_Azures_and_its_claims_are_the_evidences()
    {
        Assert.Equal("9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco", MaaPolicy.DefaultSevSnpVm.Hash);
        var claims = Accepted(MaaPolicy.DefaultSevSnpVm.Text);
        Assert.Equal([.. Evidence.Keys.Append("x-ms-policy-hash").Order(StringComparer.Ordinal)], claims.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("SevSnpVm", "9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco")]
    [InlineData("TdxVm", "B56nbp5slhw66peoRYkpdq1WykMkEworvdol08hnMXE")]
    [InlineData("SgxEnclave", "egjnANIzEpS2WgpE4Nk-QEwM69XRCgTs42_G0qLlbnk")]
    [InlineData("OpenEnclave", "egjnANIzEpS2WgpE4Nk-QEwM69XRCgTs42_G0qLlbnk")]
    public void Default_policies_have_the_hashes_of_Azures(string type, string hash) => Assert.Equal(hash, MaaPolicy.DefaultFor(type)!.Hash);

    [Theory]
    [InlineData("type=\"a\", value=5, valueType=\"Integer\", issuer=\"AttestationPolicy\"", true)]
    [InlineData("type=\"a\", value=true, valueType=\"Boolean\"", true)]
    [InlineData("type=\"a\", value=5, valueType=\"String\"", false)]
    public void A_rule_may_say_of_which_type_its_claim_is_and_must_be_right(string claim, bool accepted)
    {
        var policy = MaaPolicy.Parse($"version=1.0;{Permit}issuancerules{{=> issue({claim});}};");
        Assert.Equal(accepted, policy.Evaluate(Evidence).IsAccepted(out _, out _));
    }

    [Theory]
    [InlineData("type=\"a\", value=5, issuer=\"AttestationService\"", "line 1, column 93")]
    [InlineData("type=\"a\", value=5, valueType=\"Number\"", "line 1, column 96")]
    [InlineData("type=\"a\", value=5, valueType=5", "line 1, column 96")]
    public void A_rule_cannot_make_claims_in_another_name_or_of_another_type(string claim, string place)
    {
        var malformed = Assert.Throws<MalformedException>(() => MaaPolicy.Parse($"version=1.0;{Permit}issuancerules{{=> issue({claim});}};"));
        Assert.Contains(place, malformed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("azuredefault", null)]
    [InlineData("16", 16)]
    public void A_policy_may_ask_for_a_baseline_of_the_platform(string baseline, int? number)
    {
        var policy = MaaPolicy.Parse($"version=1.1;configurationrules{{=> issueproperty(type=\"x-ms-sgx-tcbidentifier\", value=\"{baseline}\");}};{Permit}");
        Assert.True(policy.Evaluate(Evidence).IsAccepted(out var outcome, out _));
        Assert.Equal(number, outcome.TcbBaseline);
        Assert.False(MaaPolicy.Parse(policy.Text.Replace(baseline, "newest", StringComparison.Ordinal)).Evaluate(Evidence).IsAccepted(out _, out _));
    }

    [Fact]
    public void A_type_whose_policies_are_all_the_owners_has_no_default() => Assert.Null(MaaPolicy.DefaultFor("Tpm"));

    [Fact]
    public void What_evidence_says_a_policy_cannot_say_otherwise()
    {
        Dictionary<string, ClaimValue> domain = new(StringComparer.Ordinal) { ["tdx_mrtd"] = "aa", ["dbgstat"] = "disabled" };
        foreach (var claim in (string[])["tdx_mrtd", "dbgstat", "tdx_xfam", "eat_profile", "maa-ehd"])
        {
            var policy = MaaPolicy.Parse($"version=1.0;{Permit}issuancerules{{=> issue(type=\"{claim}\", value=\"bb\");}};");
            Assert.False(policy.Evaluate(domain).IsAccepted(out _, out var findings));
            Assert.Equal("policy-evaluation-failed", findings.Single().Code);
        }

        var repeats = MaaPolicy.Parse($"version=1.0;{Permit}issuancerules{{c:[type==\"tdx_mrtd\"] => issue(claim=c);}};");
        Assert.True(repeats.Evaluate(domain).IsAccepted(out var outcome, out _));
        Assert.Equal("aa", outcome.Claims["tdx_mrtd"].ToString());
    }

    [Fact]
    public void The_default_policy_of_enclaves_sees_their_claims_by_their_old_names()
    {
        var policy = MaaPolicy.DefaultFor("SgxEnclave")!;
        Dictionary<string, ClaimValue> enclave = new(StringComparer.Ordinal) { ["is-debuggable"] = false, ["svn"] = 3 };
        Assert.True(policy.Evaluate(enclave).IsAccepted(out var outcome, out _));
        Assert.Equal(["is-debuggable", "svn", "x-ms-policy-hash"], outcome.Claims.Keys.Order(StringComparer.Ordinal));
        enclave.Remove("is-debuggable");
        Assert.False(policy.Evaluate(enclave).IsAccepted(out _, out _));
    }

    [Theory]
    [InlineData("version=1.0;authorizationrules{[type==\"x-ms-sevsnpvm-vmpl\", value==0] => permit();};")]
    [InlineData("Version = 1.0; AuthorizationRules { c : [ type == \"x-ms-sevsnpvm-vmpl\" , value = 0 ] => Permit ( ) ; } ;")]
    [InlineData("\n  version= 1.0; // a comment\nauthorizationrules{\n// another\n=> permit();};issuancerules{};")]
    [InlineData("version=1.0;authorizationrules{[type==\"x-ms-sevsnpvm-snpfw-svn\", value>=24] => permit();};")]
    [InlineData("version=1.0;authorizationrules{[type==\"x-ms-sevsnpvm-snpfw-svn\", value<=24, value>-1, value<25, value!=3] => permit();};")]
    [InlineData("version=1.0;authorizationrules{[type==\"x-ms-sevsnpvm-is-debuggable\", valueType==\"Boolean\", issuer==\"AttestationService\"] => permit();};")]
    [InlineData("version=1.0;authorizationrules{a:[type==\"x-ms-sevsnpvm-snpfw-svn\"] && [type==\"x-ms-sevsnpvm-guestsvn\", value==a.value] => permit();};")]
    [InlineData("version=1.0;authorizationrules{[type==\"x-ms-sevsnpvm-vmpl\"] => add(type=\"ok\", value=true);[type==\"ok\", issuer==\"AttestationPolicy\"] => permit();};")]
    [InlineData("version=1.1;configurationrules{=> issueproperty(type=\"x-ms-sgx-tcbidentifier\", value=\"azuredefault\");};authorizationrules{=> permit();};")]
    [InlineData("version=1.2;authorizationrules{![type==\"x-ms-azurevm-vmid\"] => permit();};")]
    public void Permits_when_a_rule_does(string policy) => Accepted(policy);

    [Theory]
    [InlineData("version=1.0;", "policy-not-permitted")]
    [InlineData("version=1.0;issuancerules{};", "policy-not-permitted")]
    [InlineData("version=1.0;authorizationrules{};", "policy-not-permitted")]
    [InlineData("version=1.0;authorizationrules{=>permit();=>deny();};", "policy-denied")]
    [InlineData("version=1.0;authorizationrules{=>deny();};", "policy-denied")]
    [InlineData("version=1.0;authorizationrules{[type==\"x-ms-sevsnpvm-vmpl\", value==\"0\"] => permit();};", "policy-not-permitted")]
    [InlineData("version=1.0;authorizationrules{[type==\"x-ms-sevsnpvm-vmpl\", value!=\"0\"] => permit();};", "policy-not-permitted")]
    [InlineData("version=1.0;authorizationrules{[type==\"x-ms-sevsnpvm-hostdata\", value>=0] => permit();};", "policy-not-permitted")]
    [InlineData("version=1.0;authorizationrules{[type==\"X-MS-SEVSNPVM-VMPL\"] => permit();};", "policy-not-permitted")]
    [InlineData("version=1.0;authorizationrules{[type==\"x-ms-sevsnpvm-vmpl\", issuer==\"AttestationPolicy\"] => permit();};", "policy-not-permitted")]
    [InlineData("version=1.0;authorizationrules{a:[type==\"x-ms-sevsnpvm-snpfw-svn\"] && [type==\"x-ms-sevsnpvm-vmpl\", value==a.value] => permit();};", "policy-not-permitted")]
    [InlineData("version=1.2;authorizationrules{![type==\"x-ms-sevsnpvm-vmpl\"] => permit();};", "policy-not-permitted")]
    [InlineData("version=1.0;authorizationrules{=>permit();};issuancerules{=> issue(type=\"iss\", value=\"https://evil\");};", "policy-evaluation-failed")]
    [InlineData("version=1.0;authorizationrules{=>permit();};issuancerules{=> issue(type=\"x-ms-sevsnpvm-is-debuggable\", value=true);};", "policy-evaluation-failed")]
    [InlineData("version=1.0;authorizationrules{=>permit();};issuancerules{=> issue(type=\"x-cove-simulated\", value=false);};", "policy-evaluation-failed")]
    [InlineData("version=1.0;authorizationrules{=>permit();};issuancerules{=> issueproperty(type=\"report_validity_in_minutes\", value=0);};", "policy-evaluation-failed")]
    [InlineData("version=1.2;authorizationrules{=>permit();};issuancerules{c:[type==\"x-ms-sevsnpvm-vmpl\"] => issue(type=\"a\", value=AppendString(c.value, \"x\"));};", "policy-evaluation-failed")]
    [InlineData("version=1.2;authorizationrules{=>permit();};issuancerules{c:[type==\"x-ms-runtime\"] => issue(type=\"a\", value=JsonToClaimValue(c.value));};", "policy-evaluation-failed")]
    [InlineData("version=1.2;authorizationrules{=>permit();};issuancerules{c:[type==\"x-ms-runtime\"] => issue(type=\"a\", value=JsonToClaimValue(JmesPath(c.value, \"f\")));};", "policy-evaluation-failed")]
    [InlineData("version=1.2;authorizationrules{=>permit();};issuancerules{c:[type==\"x-ms-runtime\"] => issue(type=\"a\", value=JmesPath(c.value, \"[\"));};", "policy-evaluation-failed")]
    public void Refuses_with_the_reason_when_no_rule_permits(string policy, string code)
    {
        Assert.False(MaaPolicy.Parse(policy).Evaluate(Evidence).IsAccepted(out _, out var findings));
        Assert.Equal(code, Assert.Single(findings).Code);
    }

    [Theory]
    [InlineData("=> issue(type=\"a\", value=5);", "5")]
    [InlineData("=> issue(\"a\", value=true);", "true")]
    [InlineData("c:[type==\"x-ms-sevsnpvm-hostdata\"] => issue(type=\"a\", value=c.value);", "aa")]
    [InlineData("c:[type==\"x-ms-sevsnpvm-hostdata\"] => issue(type=\"a\", value=c.issuer);", "AttestationService")]
    [InlineData("c:[value==24] => issue(type=\"a\", value=c.type);", "x-ms-sevsnpvm-snpfw-svn, x-ms-sevsnpvm-guestsvn")]
    [InlineData("=> issue(type=\"a\", value=1);=> issue(type=\"a\", value=2);=> issue(type=\"a\", value=1);", "1, 2")]
    [InlineData("=> add(type=\"b\", value=\"quoted \\\" and \\\\\");c:[type==\"b\"] => issue(type=\"a\", value=c.value);", "quoted \" and \\")]
    [InlineData("c:[type==\"x-ms-sevsnpvm-is-debuggable\"] => issue(type=\"a\", value=NegateBool(c.value));", "true")]
    [InlineData("c:[type==\"x-ms-runtime\"] => issue(type=\"a\", value=JsonToClaimValue(JmesPath(c.value, \"keys[*].kid\")));", "k1, k2")]
    [InlineData("c:[type==\"x-ms-runtime\"] => issue(type=\"a\", value=JsonToClaimValue(JmesPath(c.value, \"n\")));", "5")]
    [InlineData("c:[type==\"x-ms-runtime\"] => issue(type=\"a\", value=JmesPath(c.value, \"keys[0].kid\"));", "\"k1\"")]
    [InlineData("=> add(type=\"s\", value=24);c:[type==\"s\"] && d:[value==24, issuer==\"AttestationService\"] => issue(type=\"a\", value=IsSubsetOf(c.value, d.value));", "true")]
    [InlineData("=> add(type=\"s\", value=1);=> add(type=\"s\", value=2);c:[type==\"s\"] && d:[type==\"x-ms-sevsnpvm-vmpl\"] => issue(type=\"a\", value=IsSubsetOf(c.value, d.value));", "false")]
    [InlineData("=> add(type=\"s\", value=1);=> add(type=\"s\", value=2);c:[type==\"s\"] => issue(type=\"a\", value=ContainsOnlyValue(c.value, 1));", "false")]
    [InlineData("=> add(type=\"s\", value=1);c:[type==\"s\"] => issue(type=\"a\", value=ContainsOnlyValue(c.value, 1));", "true")]
    [InlineData("=> issue(type=AppendString(\"\", \"a\"), value=AppendString(\"x\", AppendString(\"y\", \"z\")));", "xyz")]
    public void Issues_what_a_rule_says(string rules, string expected) =>
        Assert.Equal(expected, Accepted($"version=1.2;{Permit}issuancerules{{{rules}}};")["a"].ToString());

    [Fact]
    public void Issues_nothing_of_null_and_repeats_the_services_own_claims()
    {
        var claims = Accepted($"version=1.2;{Permit}issuancerules{{c:[type==\"x-ms-runtime\"] => issue(type=\"a\", value=JsonToClaimValue(JmesPath(c.value, \"missing\")));"
            + "d:[type==\"x-ms-attestation-type\"] => issue(claim=d);};");
        Assert.False(claims.ContainsKey("a"));
        Assert.Equal("sevsnpvm", claims["x-ms-attestation-type"].ToString());
    }

    [Fact]
    public void A_policy_may_say_how_long_its_tokens_are_valid()
    {
        Assert.True(MaaPolicy.Parse($"version=1.0;{Permit}issuancerules{{=> issueproperty(type=\"report_validity_in_minutes\", value=60);}};").Evaluate(Evidence).IsAccepted(out var claims, out _));
        Assert.Equal(TimeSpan.FromHours(1), claims.Lifetime);
    }

    [Theory]
    [InlineData("", "line 1, column 0")]
    [InlineData("version=2.0;", "line 1, column 8")]
    [InlineData("version=1.3;", "line 1, column 8")]
    [InlineData("version=1.0", "line 1, column 11")]
    [InlineData("version=1.0;\nauthorizationrules{\n  => allow();\n};", "line 3, column 5")]
    [InlineData("version=1.0;authorizationrules{=>permit()};", "line 1, column 41")]
    [InlineData("version=1.0;authorizationrules{=>permit();}", "line 1, column 43")]
    [InlineData("version=1.0;authorizationrules{};authorizationrules{};", "line 1, column 33")]
    [InlineData("version=1.0;issuancerules{};authorizationrules{};", "line 1, column 28")]
    [InlineData("version=1.0;configurationrules{};", "line 1, column 12")]
    [InlineData("version=1.0;authorizationrules{![type==\"a\"]=>permit();};", "line 1, column 31")]
    [InlineData("version=1.0;issuancerules{=>issue(type=\"a\",value=AppendString(\"b\",\"c\"));};", "line 1, column 49")]
    [InlineData("version=1.2;issuancerules{=>issue(type=\"a\",value=AppendString(\"b\"));};", "line 1, column 49")]
    [InlineData("version=1.2;issuancerules{=>issue(type=\"a\",value=Nothing(\"b\"));};", "line 1, column 49")]
    [InlineData("version=1.0;issuancerules{=>permit();};", "line 1, column 28")]
    [InlineData("version=1.0;authorizationrules{=>issueproperty(type=\"a\",value=1);};", "line 1, column 33")]
    [InlineData("version=1.0;issuancerules{=>issue(type=\"a\");};", "line 1, column 34")]
    [InlineData("version=1.0;issuancerules{=>issue(type=\"a\",value=c.value);};", "line 1, column 49")]
    [InlineData("version=1.0;issuancerules{=>issue(claim=c);};", "line 1, column 40")]
    [InlineData("version=1.0;authorizationrules{c:[type==\"a\"]&&c:[type==\"b\"]=>permit();};", "line 1, column 46")]
    [InlineData("version=1.0;authorizationrules{c:[type==c.value]=>permit();};", "line 1, column 40")]
    [InlineData("version=1.0;authorizationrules{[type \"==\" \"a\"]=>permit();};", "line 1, column 37")]
    [InlineData("version=1.0;authorizationrules{[name==\"a\"]=>permit();};", "line 1, column 32")]
    [InlineData("version=1.0;authorizationrules{[type==\u201ca\u201d]=>permit();};", "line 1, column 38")]
    [InlineData("version=1.0;authorizationrules{[value==99999999999999999999]=>permit();};", "line 1, column 39")]
    [InlineData("version=1.0;authorizationrules{[type==\"a]=>permit();};", "line 1, column 38")]
    public void Refuses_what_is_no_policy_and_says_where(string policy, string place)
    {
        var malformed = Assert.Throws<MalformedException>(() => MaaPolicy.Parse(policy));
        Assert.Equal(place, malformed.Field);
        Assert.Contains("offending symbol", malformed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_that_multiply_are_given_up()
    {
        var many = string.Concat(Enumerable.Range(0, 300).Select(i => $"=> add(type=\"m\", value={i});"));
        var policy = MaaPolicy.Parse($"version=1.0;authorizationrules{{{many}a:[type==\"m\"] && b:[type==\"m\"] && c:[type==\"m\", value==a.value] => add(type=\"x\", value=b.value);=>permit();}};");
        Assert.False(policy.Evaluate(Evidence).IsAccepted(out _, out var findings));
        Assert.Equal("policy-evaluation-failed", Assert.Single(findings).Code);
    }

    private static IReadOnlyDictionary<string, ClaimValue> Accepted(string policy)
    {
        Assert.True(MaaPolicy.Parse(policy).Evaluate(Evidence).IsAccepted(out var claims, out var findings), string.Join('\n', findings));
        return claims.Claims;
    }
}
