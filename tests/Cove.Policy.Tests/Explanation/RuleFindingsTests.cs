using Cove.Policy.Enforcement;
using Cove.Policy.Explanation;
using Cove.Rego.Values;

namespace Cove.Policy.Tests.Explanation;

public sealed class RuleFindingsTests
{
    private const string Policy = """
        package policy

        api_version := "0.10.0"

        default unmount_overlay := {"allowed": false}

        unmount_overlay := {"allowed": true} if {
            at_home(input.unmountTarget)
        }

        at_home(target) if startswith(target, "/run/gcs/")
        """;

    private static IReadOnlyList<Cove.Outcomes.Finding> Ask(string target)
    {
        var engine = new EnforcementEngine(Policy, PolicyData.Create([]));
        var input = RegoObject.Of(("unmountTarget", RegoValue.Of(target)));
        var ruling = engine.Ask("unmount_overlay", input);
        return ruling is Ruling.Allowed ? [] : new DenialExplainer(engine).Explain("unmount_overlay", input, ruling);
    }

    [Fact]
    public void A_rule_of_the_policys_own_names_the_expression_that_does_not_hold_and_no_value()
    {
        var finding = Assert.Single(Ask("/etc/secret-place"));
        Assert.Equal(("rule-not-satisfied", "startswith(target, \"/run/gcs/\")", "does not hold"), (finding.Code, finding.Expected, finding.Actual));
        Assert.DoesNotContain("secret-place", finding.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_that_the_rule_allows_has_no_findings() => Assert.Empty(Ask("/run/gcs/c/1"));
}
