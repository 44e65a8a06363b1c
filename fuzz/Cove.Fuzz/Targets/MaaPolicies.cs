using System.Text;
using Cove.Attestation.Claims;
using Cove.Attestation.Maa.Policies;

namespace Cove.Fuzz.Targets;

/// <summary>Policies in MAA's language, parsed and evaluated.</summary>
internal sealed class MaaPolicies : ITarget
{
    private static readonly Dictionary<string, ClaimValue> Claims = new(StringComparer.Ordinal) { ["a"] = 1, ["b"] = true, ["c"] = "{\"x\":[1,2,{\"y\":null}]}" };

    public string Name => "maa-policy";

    public IEnumerable<string> Words =>
    [
        "version= 1.2;", "configurationrules", "authorizationrules", "issuancerules", "{", "};", "=>", "&&", "!", "c:[type==\"a\"]", "permit();", "deny();", "add(", "issue(", "issueproperty(",
        "type=", "value=", "issuer==", "c.value", "claim=c", "JmesPath(", "JsonToClaimValue(", "IsSubsetOf(", "AppendString(", "NegateBool(", "ContainsOnlyValue(", "report_validity_in_minutes", "//",
    ];

    public IEnumerable<byte[]> Seeds(SeedFiles files) =>
    [
        .. files.Attestation("azure-samples-maa/policy-hash/sgx-default-v1.0.txt", "azure-samples-maa/policy-hash/tdx-doc-permit.txt"),
        .. new[]
        {
            "version=1.2;authorizationrules{c:[type==\"a\", value>=-3] && ![type==\"z\"] => add(type=\"d\", value=JmesPath(c.value, \"x[?y==`1`] | length(@)\"));=>permit();};issuancerules{=>issue(\"e\", value=true);};",
            "version=1.1;configurationrules{=>issueproperty(type=\"report_validity_in_minutes\", value=7);};authorizationrules{c:[type==\"c\"]=>add(type=\"f\",value=JsonToClaimValue(c.value));=>permit();};",
            "version=1.2;authorizationrules{c:[type==\"a\"] && d:[type==\"b\"] => add(type=AppendString(\"p\",\"q\"),value=NegateBool(d.value));=>permit();};issuancerules{c:[type==\"c\"]=>issue(type=\"g\",value=IsSubsetOf(c.value,c.value));=>issue(type=\"h\",value=ContainsOnlyValue(c.value,1));};",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    public void Run(byte[] input) => MaaPolicy.Parse(Encoding.UTF8.GetString(input)).Evaluate(Claims);
}
