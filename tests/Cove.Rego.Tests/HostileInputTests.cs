using System.Text;
using Cove.Rego.Values;

namespace Cove.Rego.Tests;

/// <summary>Programs and inputs made to hurt end in a typed error, soon.</summary>
public sealed class HostileInputTests
{
    private static readonly EvaluationOptions Guarded = new() { Limits = RegoLimits.Hostile };

    private static CompiledPolicy Compile(string text) => new RegoCompiler().AddModule("m.rego", text).Compile();

    [Theory]
    [InlineData("package t\nr := count([1 | some a in numbers.range(1, 100000); some b in numbers.range(1, 100000); a == b + 1000000])")]
    [InlineData("package t\nr := count(numbers.range(1, 100000000000))")]
    [InlineData("package t\nr := bits.lsh(1, 100000000000)")]
    [InlineData("package t\nr := net.cidr_expand(\"::/0\")")]
    [InlineData("package t\nr := sprintf(\"%999999d%999999d%999999d\", [1, 2, 3])")]
    [InlineData("package t\nr := graph.reachable_paths({i: numbers.range(1, 30) | some i in numbers.range(1, 30)}, [1])")]
    public void Costs_without_end_are_limit_errors(string module)
    {
        var policy = Compile(module);
        var error = Assert.Throws<RegoEvaluationException>(() => policy.Evaluate("data.t.r", options: Guarded));
        Assert.Equal((RegoEvaluationProblem.Limit, "eval_limit_error"), (error.Problem, error.Code));
    }

    [Fact]
    public void Text_that_doubles_and_doubles_ends_in_a_limit_error()
    {
        var module = new StringBuilder("package t\na0 := \"0123456789abcdef\"\n");
        for (var i = 1; i <= 60; i++) module.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i} := concat(\"\", [a{i - 1}, a{i - 1}])\n");
        var error = Assert.Throws<RegoEvaluationException>(() => Compile(module.ToString()).Evaluate("data.t.a60", options: Guarded));
        Assert.Equal(RegoEvaluationProblem.Limit, error.Problem);
    }

    [Fact]
    public void A_regular_expression_takes_linear_time()
    {
        var policy = Compile("package t\nr if regex.match(`^(a+)+$`, input)");
        var input = RegoValue.Of(new string('a', 50_000) + "!");
        Assert.False(policy.Evaluate("data.t.r", input).IsDefined);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("{[")]
    [InlineData("-")]
    [InlineData("f(")]
    [InlineData("not ")]
    [InlineData("[x | ")]
    [InlineData("$\"{")]
    public void Text_that_nests_without_end_is_a_compile_error(string part)
    {
        var text = "package t\nr := " + string.Concat(Enumerable.Repeat(part, 50_000));
        Assert.Throws<RegoCompileException>(() => Compile(text));
    }

    [Fact]
    public void A_number_with_a_huge_exponent_is_refused_where_it_is_read()
    {
        Assert.Throws<RegoJsonException>(() => RegoValue.FromJson("1e999999999"));
        Assert.Throws<RegoCompileException>(() => Compile("package t\nr := 1e999999999"));
    }

    [Fact]
    public void Calls_that_branch_at_every_level_are_remembered()
    {
        var module = new StringBuilder("package t\nf0(x) := x\n");
        for (var i = 1; i <= 60; i++) module.Append(System.Globalization.CultureInfo.InvariantCulture, $"f{i}(x) := f{i - 1}(x) + f{i - 1}(x)\n");
        module.Append("r := f60(1)\n");
        Assert.Equal("1152921504606846976", Compile(module.ToString()).Evaluate("data.t.r", options: Guarded).Value!.ToJson());
    }

    [Fact]
    public void Cancelling_stops_an_evaluation()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var policy = Compile("package t\nr := count([1 | some a in numbers.range(1, 100000); a > 5])");
        var error = Assert.Throws<RegoEvaluationException>(() => policy.Evaluate("data.t.r", options: new EvaluationOptions { Cancellation = source.Token }));
        Assert.Equal(RegoEvaluationProblem.Cancelled, error.Problem);
    }
}
