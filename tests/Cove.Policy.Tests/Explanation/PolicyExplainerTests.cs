using Cove.Outcomes;
using Cove.Policy;
using Cove.Policy.Explanation;
using Cove.Policy.Generation;
using Cove.Policy.Model;
using Cove.Tests.Enforcement;

namespace Cove.Tests.Explanation;

public sealed class PolicyExplainerTests
{
    [Fact]
    public void A_generated_policy_reads_back_as_it_was_described()
    {
        var group = Samples.Parse(Samples.Group()).Groups[0];
        var described = PolicyGenerator.Describe(group, _ => Samples.Image);
        var read = PolicyExplainer.Explain(PolicyGenerator.Generate(group, _ => Samples.Image));
        Assert.Empty(PolicyDiff.Compare(described, read.Document));
        Assert.Empty(read.AlwaysAllowed.Except(["get_properties"]));
        Assert.False(read.IsCustom);
    }

    [Theory]
    [InlineData("(?i)(A|B)=[x|y]\\|", false)]
    [InlineData("A=b|C=d", true)]
    [InlineData("(A)|B", true)]
    public void Alternations_outside_a_group_are_found(string pattern, bool open) => Assert.Equal(open, PolicyWarnings.HasOpenAlternation(pattern));

    [Fact]
    public void Warns_of_what_gives_the_host_a_way_in()
    {
        var policy = Guests.Make(text => text
            .Replace("\"MODE=fast\",\"required\":false,\"strategy\":\"string\"", "\"MODE=a|b\",\"required\":false,\"strategy\":\"re2\"", StringComparison.Ordinal)
            .Replace("\"PATH=/bin\",\"required\":false,\"strategy\":\"string\"", "\"PATH=.*\",\"required\":false,\"strategy\":\"re2\"", StringComparison.Ordinal)
            .Replace("\"allow_elevated\":false", "\"allow_elevated\":true", StringComparison.Ordinal)
            .Replace("[\"/ready\"]", "[\"/bin/sh\"]", StringComparison.Ordinal));
        var codes = PolicyExplainer.Explain(policy).Warnings.Select(warning => warning.Code).ToList();
        Assert.Empty(new[] { "elevated", "shell-exec", "unanchored-alternation", "env-wildcard", "stdio", "properties-access", "fragment" }.Except(codes));
        var plain = PolicyExplainer.Explain(Guests.Policy).Warnings.Select(warning => warning.Code).ToList();
        Assert.Empty(plain.Intersect(["elevated", "shell-exec", "unanchored-alternation", "env-wildcard", "allow-all"]));
    }

    [Fact]
    public void An_allow_all_policy_is_called_what_it_is()
    {
        var summary = PolicyExplainer.Explain(PolicyText.FromText("package policy\n\napi_version := \"0.10.0\"\ncreate_container := {\"allowed\": true}\nmount_device := {\"allowed\": true}\n"));
        Assert.Equal(["create_container", "mount_device"], summary.AlwaysAllowed);
        Assert.True(summary.IsCustom);
        Assert.Equal("allow-all", summary.Warnings[0].Code);
    }

    [Fact]
    public void A_text_that_is_no_policy_is_malformed() =>
        Assert.Throws<MalformedException>(() => PolicyExplainer.Explain(PolicyText.FromText("package policy\nnot rego {")));

    [Fact]
    public void Differences_are_told_field_by_field_and_never_with_a_value_of_a_variable()
    {
        var left = PolicyExplainer.Explain(Guests.Policy).Document;
        var right = PolicyExplainer.Explain(Guests.Make(text => text
            .Replace("\"/app\",\"run\"", "\"/app\",\"walk\"", StringComparison.Ordinal)
            .Replace(Guests.Secret, "another", StringComparison.Ordinal)
            .Replace("allow_dump_stacks := false", "allow_dump_stacks := true", StringComparison.Ordinal))).Document;
        var found = PolicyDiff.Compare(left, right);
        Assert.Equal(
            ["allow_dump_stacks", "containers[app].command", "containers[app].env_rules", "containers[app].env_rules"],
            found.Select(difference => difference.Field).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(found, difference => difference.ToString().Contains(Guests.Secret, StringComparison.Ordinal));
        Assert.Empty(PolicyDiff.Compare(left, left));
        Assert.Equal("containers[app]", Assert.Single(PolicyDiff.Compare(left, left with { Containers = [left.Containers[1]] })).Field);
    }

    [Fact]
    public void Containers_without_names_are_paired_by_their_layers()
    {
        var container = new PolicyContainer { Command = ["/a"], Layers = [Samples.Layer1] };
        var left = new PolicyDocument { Containers = [container] };
        Assert.Equal(
            ["containers[111111111111].command"],
            PolicyDiff.Compare(left, new PolicyDocument { Containers = [container with { Command = ["/b"] }] }).Select(difference => difference.Field));
        Assert.Equal(2, PolicyDiff.Compare(left, new PolicyDocument { Containers = [container with { Layers = [Samples.Layer2] }] }).Count);
    }
}
