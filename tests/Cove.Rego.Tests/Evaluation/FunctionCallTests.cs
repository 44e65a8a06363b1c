using System.Globalization;
using System.Text;
using Cove.Rego.Values;

namespace Cove.Rego.Tests.Evaluation;

/// <summary>Calls that are planned into the body that makes them, calls that are remembered, and the arguments of all others.</summary>
public sealed class FunctionCallTests
{
    private const string Small = """
        package t

        small(x, limit) if x < limit

        named(item) if {
        	name := item.name
        	name != ""
        }

        of_kind("a", x) if x == 1

        of_kind("b", x) if x == 2

        never(_) if false

        """;

    [Theory]
    [InlineData("r if small(1, 2)", true)]
    [InlineData("r if small(2, 2)", false)]
    [InlineData("r if small(input.missing, 2)", false)]
    [InlineData("r if not small(2, 2)", true)]
    [InlineData("r if not small(1, 2)", false)]
    [InlineData("r if not small(input.missing, 2)", false)]
    [InlineData("r if { name := 3; named({\"name\": \"x\"}); name == 3 }", true)]
    [InlineData("r if { item := {\"name\": \"x\"}; name := \"\"; named(item); name == \"\" }", true)]
    [InlineData("r if named({\"name\": \"\"})", false)]
    [InlineData("r if of_kind(\"b\", 2)", true)]
    [InlineData("r if of_kind(\"a\", 2)", false)]
    [InlineData("r if { some x in [5, 6, 1]; small(x, 2) }", true)]
    [InlineData("r if { some x; small([5, 6, 1][x], 2); x == 2 }", true)]
    [InlineData("r if { every x in [5, 6] { not small(x, 2) } }", true)]
    [InlineData("r if never(1)", false)]
    [InlineData("r if small(1, 2) with data.t.small as never_two", false)]
    [InlineData("r if small(5, 2) with data.t.small as true", true)]
    [InlineData("r if not small(1, 2) with data.t.small as false", true)]
    public void A_small_test_holds_as_a_call_does(string rule, bool holds)
    {
        var policy = new RegoCompiler().AddModule("t.rego", Small + "never_two(_, _) if false\n\n" + rule).Compile();
        Assert.Equal(holds, policy.Evaluate("data.t.r", RegoObject.Empty).IsDefined);
        // The traced form of the policy calls every function.
        Assert.Equal(holds, new RegoCoverage(policy).Traced.Evaluate("data.t.r", RegoObject.Empty).IsDefined);
    }

    [Fact]
    public void What_a_function_gave_is_remembered_by_its_arguments_to_the_letter()
    {
        var policy = new RegoCompiler().AddModule("t.rego", """
            package t

            long(kind, x) := y if {
            	kind == "text"
            	y := concat(",", [s | some v in [x, x]; s := json.marshal(v)])
            }

            r := [long("text", 1), long("text", 1.0), long("text", 1), long("text", "1")]

            undefined if long("other", 1)
            """).Compile();
        for (var run = 0; run < 3; run++) Assert.Equal("""["1,1","1.0,1.0","1,1","\"1\",\"1\""]""", policy.Evaluate("data.t.r").Value!.ToJson());
        Assert.False(policy.Evaluate("data.t.undefined").IsDefined);
    }

    [Fact]
    public void A_remembered_result_belongs_to_the_input_it_was_made_from()
    {
        var policy = new RegoCompiler().AddModule("t.rego", """
            package t

            listed(x) if {
            	x != ""
            	some y in input.list
            	y == x
            }

            r := [listed("a"), value] if {
            	value := [v | v := listed("a") with input.list as ["a"]]
            }

            s := [v | v := listed("a") with input.list as ["b"]]
            """).Compile();
        Assert.Equal("[true,[true]]", policy.Evaluate("data.t.r", RegoValue.FromJson("""{"list": ["a"]}""")).Value!.ToJson());
        Assert.False(policy.Evaluate("data.t.r", RegoValue.FromJson("""{"list": []}""")).IsDefined);
        Assert.Equal("[]", policy.Evaluate("data.t.s", RegoValue.FromJson("""{"list": ["a"]}""")).Value!.ToJson());
    }

    [Fact]
    public void Arguments_stay_while_calls_in_calls_make_room_for_more()
    {
        var module = new StringBuilder("package t\n\nf0(a, b, c, d) := [a, b, c, d]\n\n");
        for (var i = 1; i <= 40; i++)
            module.Append(CultureInfo.InvariantCulture, $"f{i}(a, b, c, d) := array.concat(y, [a, b, c, d]) if {{\n\tx := f{i - 1}(a + 1, b, c, d)\n\ty := array.slice(x, count(x) - 4, count(x))\n}}\n\n");
        module.Append("r := f40(0, \"b\", \"c\", \"d\")\n");
        Assert.Equal("""[1,"b","c","d",0,"b","c","d"]""", new RegoCompiler().AddModule("t.rego", module.ToString()).Compile().Evaluate("data.t.r").Value!.ToJson());
    }

    [Fact]
    public void An_evaluation_that_ended_in_an_error_leaves_nothing_to_the_next()
    {
        var policy = new RegoCompiler().AddModule("t.rego", "package t\n\nf(x, y) := z if z := x + y\n\nr := f(1, f(2, count(numbers.range(1, input))))\n").Compile();
        Assert.Throws<RegoEvaluationException>(() => policy.Evaluate("data.t.r", RegoValue.Of(100_000_000L)));
        Assert.Equal("8", policy.Evaluate("data.t.r", RegoValue.Of(5L)).Value!.ToJson());
    }
}
