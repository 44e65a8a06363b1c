using System.Text.Json.Nodes;
using Cove.Policy.Generation;
using Cove.Policy.Model;

namespace Cove.Tests.Generation;

/// <summary>What az confcom's own tests expect of its --diff: the same facts, changed in one place.</summary>
public sealed class ConfcomDiffTests
{
    private const string Image = "mcr.microsoft.com/azurelinux/distroless/base@sha256:1e77d97e1e39f22ed9c52f49b3508b4c1044cec23743df9098ac44e025f654f2";
    private const string Layer = "243e1b3ce08093f2f0d9cd6a9eafde8737f64fec105ed59c346d309fbe760b58";
    private const string OtherLayer = "9d7a71ed5b89b9f894e224959fb09908e77d905e12c3e7c16c4b4f6c38ecc947";

    private static readonly PolicyContainer Container = new()
    {
        Name = "container1",
        Id = Image,
        Command = ["/app", "--watch", "high"],
        EnvRules = [new EnvRule { Pattern = "TIDE=high", Strategy = "string" }, new EnvRule { Pattern = "TEMP=.+", Strategy = "re2" }],
        Layers = [Layer],
        Mounts = [new PolicyMount("/mount/azurefile", "sandbox:///tmp/atlas/azureFileVolume/.+", "bind", ["rbind", "rshared", "rw"])],
    };

    [Fact]
    public void Nothing_changed_is_no_difference() => Assert.Null(ConfcomDiff.Compare(Policy(Container), Policy(Container)));

    [Fact]
    public void Lists_are_compared_without_their_order() =>
        Assert.Null(ConfcomDiff.Compare(Policy(Container), Policy(Container with { Command = ["high", "/app", "--watch"] })));

    [Fact]
    public void Another_name_is_found_by_the_image() =>
        Check("""{"changed":{"values_changed":{"name":[{"policy_value":"container1","tested_value":"changed"}]}}}""", Container with { Name = "changed" });

    [Fact]
    public void Another_image_is_found_by_the_name() => Check(
        """{"container1":{"values_changed":{"layers":[{"policy_value":"OLD","tested_value":"NEW"}]}}}"""
            .Replace("OLD", Layer, StringComparison.Ordinal).Replace("NEW", OtherLayer, StringComparison.Ordinal),
        Container with { Id = "another", Layers = [OtherLayer] });

    [Fact]
    public void A_list_that_has_little_in_common_loses_and_gains_items() => Check(
        """{"container1":{"values_added":{"command":["/bin/sh","-c","ls"]},"values_removed":{"command":["/app","--watch","high"]}}}""",
        Container with { Command = ["/bin/sh", "-c", "ls"] });

    [Fact]
    public void An_item_of_several_fields_is_compared_field_by_field() => Check(
        """
        {"container1":{"values_changed":{"mounts":[{"policy_value":"/mount/azurefile","tested_value":"/mount/azure"}],
        "no_new_privileges":[{"policy_value":false,"tested_value":true}]}}}
        """,
        Container with { Mounts = [Container.Mounts[0] with { Destination = "/mount/azure" }], NoNewPrivileges = true });

    [Fact]
    public void Nothing_where_there_was_a_list_is_another_type() => Check(
        """{"container1":{"type_changes":{"command":[{"new_type":"NoneType","old_type":"list","policy_value":["/app","--watch","high"],"tested_value":null}]}}}""",
        Container with { Command = null });

    [Fact]
    public void Variables_that_no_rule_covers_are_named_by_their_strategy() => Check(
        """
        {"container1":{"env_rules":["environment variable with rule 'TIDE=low' does not match strings or regex in policy rules",
        "environment variable with rule 'TMP=.+' is not in the policy"]}}
        """,
        Container with
        {
            EnvRules =
            [
                new EnvRule { Pattern = "TIDE=low", Strategy = "string" }, new EnvRule { Pattern = "TMP=.+", Strategy = "re2" },
                new EnvRule { Pattern = "TEMP=/tmp", Strategy = "string" },
            ],
        });

    [Fact]
    public void A_policy_without_containers_has_none_of_them() => Assert.Equal(
        $$"""{"container1":"{{Image}} not found in policy","pause-container":"None not found in policy"}""",
        ConfcomDiff.Compare(Policy(), Policy(Container, new PolicyContainer { Name = "pause-container" }), indented: false));

    [Fact]
    public void Of_two_containers_with_one_image_each_is_compared_with_its_own()
    {
        var second = Container with { Name = "container2", Command = ["/other"] };
        Assert.Null(ConfcomDiff.Compare(Policy(Container, second), Policy(second, Container)));
    }

    private static void Check(string expected, PolicyContainer tested)
    {
        var said = ConfcomDiff.Compare(Policy(Container), Policy(tested));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(said!)), said);
    }

    private static PolicyDocument Policy(params PolicyContainer[] containers) => new() { ApiVersion = "0.10.0", FrameworkVersion = "0.2.3", Containers = containers };
}
