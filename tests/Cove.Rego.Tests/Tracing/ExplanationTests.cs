using Cove.Rego.Values;

namespace Cove.Rego.Tests.Tracing;

public sealed class ExplanationTests
{
    private const string Module = """
        package p

        default allow := false

        allow if {
            input.user == "root"
        }

        allow if {
            some role in data.roles[input.user]
            count(role.grants) > 1
            may_write(role)
        }

        may_write(role) if {
            role.name in {"editor", "owner"}
        }
        """;

    private static RegoExplanation Explain(string input, string data)
    {
        var policy = new RegoCompiler().AddModule("p.rego", Module).Compile();
        return policy.Explain("data.p.allow", RegoValue.FromJson(input), (RegoObject)RegoValue.FromJson(data));
    }

    [Fact]
    public void Names_the_expression_that_failed_and_what_it_failed_on()
    {
        var explanation = Explain("""{"user":"ann"}""", """{"roles":{"ann":[{"name":"reader","grants":[1]}]}}""");
        Assert.Equal(("data.p.allow", "false"), (explanation.Document, explanation.Value!.ToJson()));
        var first = explanation.Rules[0].Failed!;
        Assert.Equal(("input.user == \"root\"", 6, "input.user", "\"ann\""), (first.Text, first.Row, first.Bindings[0].Key, first.Bindings[0].Value.ToJson()));
        var second = explanation.Rules[1].Failed!;
        Assert.Equal(("count(role.grants) > 1", 11), (second.Text, second.Row));
        Assert.Contains(second.Bindings, static b => b.Key == "count(role.grants)" && b.Value.ToJson() == "1");
    }

    [Fact]
    public void Follows_what_the_expression_refers_to()
    {
        var explanation = Explain("""{"user":"ann"}""", """{"roles":{"ann":[{"name":"reader","grants":[1,2]}]}}""");
        var failed = explanation.Rules[1].Failed!;
        Assert.Equal("may_write(role)", failed.Text);
        var behind = Assert.Single(failed.Because);
        Assert.Equal(("data.p.may_write", "role.name in {\"editor\", \"owner\"}"), (behind.Document, behind.Rules[0].Failed!.Text));
    }

    [Fact]
    public void Names_what_the_input_lacks() => Assert.Equal(["input.user"], Explain("{}", "{}").Rules[0].Failed!.Undefined);

    [Fact]
    public void A_definition_that_holds_says_so_and_one_behind_it_may_not_be_tried()
    {
        var explanation = Explain("""{"user":"root"}""", "{}");
        Assert.Equal((true, null), (explanation.Rules[0].Held, explanation.Rules[0].Failed));
        Assert.False(explanation.Rules[1].Held);
    }
}
