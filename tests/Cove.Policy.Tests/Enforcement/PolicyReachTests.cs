using Cove.Policy.Enforcement;
using Cove.Policy.Generation;
using Cove.Policy.Model;
using Cove.Rego.Values;

namespace Cove.Policy.Tests.Enforcement;

public sealed class PolicyReachTests
{
    private const string Generated = """
        package policy

        api_version := "0.10.0"
        framework_version := "0.2.3"

        containers := [{"command": ["/bin/serve", "mydata"]}]

        mount_device := data.framework.mount_device
        create_container := data.framework.create_container
        reason := {"errors": data.framework.errors}
        """;

    [Fact]
    public void A_policy_as_generators_write_it_decides_without_reasons() => Assert.False(PolicyReach.DependsOnReasons(Generated));

    [Theory]
    [InlineData("x := data.framework.errors")]
    [InlineData("x := data.framework.mismatches")]
    [InlineData("x := data.framework[name]")]
    [InlineData("x := data.framework")]
    [InlineData("x := data[name]")]
    [InlineData("x := data")]
    [InlineData("x := data.policy.reason")]
    [InlineData("x { count(reason.errors) == 0 }")]
    [InlineData("import data.framework as f")]
    [InlineData("x := input with data.framework as {}")]
    [InlineData("x := data . framework . errors")]
    [InlineData("package framework")]
    public void Whatever_else_reaches_for_the_framework_counts_as_depending(string line) => Assert.True(PolicyReach.DependsOnReasons(Generated + "\n" + line));

    [Fact]
    public void A_policy_that_decides_by_the_reasons_sees_them()
    {
        const string policy = """
            package policy

            api_version := "0.10.0"
            framework_version := "0.2.3"
            containers := []
            mount_device := {"allowed": count(data.framework.errors) > 0}
            """;
        var input = RegoObject.Of(("target", RegoValue.Of("/run/mounts/scsi/m0")), ("deviceHash", RegoValue.Of("00")), ("mountPathRegex", RegoValue.Of(".*")), ("rule", RegoValue.Of("mount_device")));
        Assert.IsType<Ruling.Allowed>(new EnforcementEngine(policy, PolicyData.Create([])).Ask("mount_device", input));
    }

    [Fact]
    public void A_denial_has_its_reasons_though_they_were_not_loaded_before()
    {
        var input = RegoObject.Of(("target", RegoValue.Of("/run/mounts/scsi/m0")), ("deviceHash", RegoValue.Of("00")), ("mountPathRegex", RegoValue.Of(".*")));
        var generated = PolicyWriter.Write(new PolicyDocument { ApiVersion = "0.10.0", FrameworkVersion = "0.2.3", Containers = [] }, new GeneratorOptions());
        Assert.False(PolicyReach.DependsOnReasons(generated));
        var denied = Assert.IsType<Ruling.Denied>(new EnforcementEngine(generated, PolicyData.Create([])).Ask("mount_device", input));
        Assert.NotEmpty(denied.Errors);
    }
}
