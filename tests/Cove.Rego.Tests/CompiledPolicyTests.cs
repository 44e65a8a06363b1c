using Cove.Rego.Values;

namespace Cove.Rego.Tests;

public sealed class CompiledPolicyTests
{
    private static CompiledPolicy Compile(params string[] modules)
    {
        var compiler = new RegoCompiler();
        for (var i = 0; i < modules.Length; i++) compiler.AddModule($"m{i}.rego", modules[i]);
        return compiler.Compile();
    }

    private static string Eval(string module, string entryPoint = "data.t.r", string? input = null, string? data = null)
    {
        var result = Compile(module).Evaluate(entryPoint, input is null ? null : RegoValue.FromJson(input), data is null ? null : (RegoObject)RegoValue.FromJson(data));
        return result.IsDefined ? result.Value.ToJson() : "undefined";
    }

    [Theory]
    [InlineData("package t\nr := 1 + 2", "3")]
    [InlineData("package t\nr := [x | some x in input.xs; x > 1]", "[2,3]")]
    [InlineData("package t\ndefault r := false\nr if input.user == \"root\"", "false")]
    [InlineData("package t\nr if every x in input.xs { x < 4 }", "true")]
    [InlineData("package t\nr if every x in input.xs { x < 3 }", "undefined")]
    [InlineData("package t\nr contains x if some x in input.xs", "[1,2,3]")]
    [InlineData("package t\nf(\"a\") := 1\nf(\"b\") := 2\nr := f(\"b\")", "2")]
    [InlineData("package t\ndefault f(_) := 9\nf(1) := 2\nr := [f(1), f(7)]", "[2,9]")]
    [InlineData("package t\nr := 1 if input.no\nelse := 2 if input.xs\nelse := 3", "2")]
    [InlineData("package t\nr := x if { some i; x := input.xs[i]; i == 1 }", "2")]
    [InlineData("package t\nr := data.base.k", "\"v\"")]
    [InlineData("package t\nr := input.missing", "undefined")]
    [InlineData("package t\nr := object.union({\"a\": {\"b\": 1}}, {\"a\": {\"c\": 2}})", "{\"a\":{\"b\":1,\"c\":2}}")]
    [InlineData("package t\nr := sprintf(\"%v-%s-%d\", [[1], \"x\", 3])", "\"[1]-x-3\"")]
    [InlineData("package t\nr if regex.match(`^a+$`, \"aaa\")", "true")]
    [InlineData("package t\nr if regex.match(`^a$`, \"a\\n\")", "undefined")]
    [InlineData("package t\nr := semver.compare(\"1.2.3\", \"1.10.0\")", "-1")]
    [InlineData("package t\nq := input.xs\nr := x if x := q with input as {\"xs\": 5}", "5")]
    [InlineData("package t\na.b[x] := y if some x, y in {\"k\": 1}\nr := data.t.a", "{\"b\":{\"k\":1}}")]
    [InlineData("package t\nr := to_number(\"x\")", "undefined")]
    [InlineData("package t\nr := data[input.name].k", "\"v\"")]
    [InlineData("package t\nr if [_, _] = [1, 2]", "true")]
    [InlineData("package t\nf() := 3\nr := data.t.f", "3")]
    [InlineData("package t\nf($\"{x}-{input.name}\") := 1 if x = \"a\"\nr := [f(\"a-base\")]", "[1]")]
    [InlineData("package t\nr := data.system.k", "\"host\"")]
    [InlineData("package t\nr := data.numbered[2]", "\"two\"")]
    [InlineData("package t\nx := data.numbered\nr := x[2]", "undefined")]
    public void Evaluates(string module, string expected) => Assert.Equal(expected, Eval(module, input: """{"xs":[1,2,3],"name":"base"}""", data: """{"base":{"k":"v"},"numbered":{"2":"two"},"system":{"k":"host"}}"""));

    [Theory]
    [InlineData("p.q.r := 1\np.q[s] := 1 if s := \"r\"", "{\"q\":{\"r\":1}}")]
    [InlineData("p.q.r := 1\np.q[s] := 2 if s := \"x\"", "{\"q\":{\"r\":1,\"x\":2}}")]
    [InlineData("p.q.r := 1\np.q[s] := 2 if s := \"r\"", "object keys must be unique")]
    [InlineData("p[q].r := {\"s\": 1} if q := \"q\"\np.q.r.u := 2", "object keys must be unique")]
    [InlineData("p[q].r.s := 1 if q := \"q\"\np.q.r.u := 2", "{\"q\":{\"r\":{\"s\":1,\"u\":2}}}")]
    public void Places_that_overlap_must_agree(string rules, string expected)
    {
        string answer;
        try
        {
            answer = Eval("package t\n" + rules, "data.t.p");
        }
        catch (RegoEvaluationException conflict)
        {
            answer = conflict.Reason;
        }

        Assert.Equal(expected, answer);
    }

    [Fact]
    public void An_absent_input_is_undefined_and_a_null_one_is_a_value()
    {
        var policy = Compile("package t\nr := input");
        Assert.False(policy.Evaluate("data.t.r").IsDefined);
        Assert.Equal(RegoValue.Null, policy.Evaluate("data.t.r", RegoValue.Null).Value);
    }

    [Fact]
    public void Data_can_differ_from_evaluation_to_evaluation()
    {
        var policy = Compile("package t\nr := data.metadata.devices[input.target]");
        var input = RegoValue.FromJson("""{"target":"/run/a"}""");
        var empty = RegoObject.Of(("metadata", RegoObject.Of(("devices", RegoObject.Empty))));
        Assert.False(policy.Evaluate("t/r", input, empty).IsDefined);
        var devices = RegoObject.Empty.With("/run/a", RegoValue.Of("hash"));
        Assert.Equal(RegoValue.Of("hash"), policy.Evaluate("t/r", input, empty.With("metadata", RegoObject.Of(("devices", devices)))).Value);
        Assert.False(policy.Evaluate("t/r", input, empty).IsDefined);
    }

    [Fact]
    public void Rules_that_disagree_are_a_conflict()
    {
        var policy = Compile("package t\nr := 1 if input.a\nr := 2 if input.b");
        Assert.Equal(RegoValue.Of(1), policy.Evaluate("data.t.r", RegoValue.FromJson("""{"a":true}""")).Value);
        var error = Assert.Throws<RegoEvaluationException>(() => policy.Evaluate("data.t.r", RegoValue.FromJson("""{"a":true,"b":true}""")));
        Assert.Equal((RegoEvaluationProblem.Conflict, "eval_conflict_error"), (error.Problem, error.Code));
    }

    [Fact]
    public void A_module_with_an_error_names_the_place_and_the_code()
    {
        var error = Assert.Throws<RegoCompileException>(() => Compile("package t\n\nr := x"));
        var only = Assert.Single(error.Errors);
        Assert.Equal(("rego_unsafe_var_error", "var x is unsafe", 3, 6), (only.Code, only.Message, only.Row, only.Column));
    }

    [Fact]
    public void An_evaluation_that_costs_too_much_ends_in_a_limit_error()
    {
        var policy = Compile("package t\nr := count([1 | some a in numbers.range(1, 10000); some b in numbers.range(1, 10000); a == b])");
        var options = new EvaluationOptions { Limits = new RegoLimits { MaxSteps = 100_000 } };
        var error = Assert.Throws<RegoEvaluationException>(() => policy.Evaluate("data.t.r", options: options));
        Assert.Equal(RegoEvaluationProblem.Limit, error.Problem);
    }

    [Fact]
    public void Hostile_nesting_is_an_error_and_not_a_crash()
    {
        var deep = new string('[', 100_000) + new string(']', 100_000);
        Assert.Throws<RegoCompileException>(() => Compile("package t\nr := " + deep));
        Assert.Throws<RegoJsonException>(() => RegoValue.FromJson(deep));
    }

    [Fact]
    public void A_query_gives_all_solutions_with_their_bindings()
    {
        var query = Compile("package t\np := [10, 20]").Prepare("data.t.p[i] = x");
        Assert.Equal(["""{"i":0,"x":10}""", """{"i":1,"x":20}"""],
            query.Evaluate().Select(s => RegoObject.Of([.. s.Bindings.Select(b => (b.Key, b.Value))]).ToJson()));
    }

    [Fact]
    public async Task One_policy_serves_many_threads()
    {
        var policy = Compile("package t\nr := sum([(x * input.k) | some x in input.xs])");
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(k => Task.Run(() =>
            policy.Evaluate("data.t.r", RegoValue.FromJson($$"""{"k":{{k}},"xs":[1,2,3]}""")).Value!.ToJson())));
        Assert.Equal(Enumerable.Range(0, 64).Select(k => $"{6 * k}"), answers);
    }

    [Theory]
    [InlineData("1 == 2", "[false]")]
    [InlineData("data.t.no", "[false]")]
    [InlineData("data.t.no with input as 1", "[false]")]
    [InlineData("data.t.f(3)", "[false]")]
    [InlineData("startswith(\"ab\", \"b\")", "[false]")]
    [InlineData("1 == 2; true", "")]
    [InlineData("1 == 1; 2", "[true,2]")]
    [InlineData("data.t.list[i]", "[1] i=0|[2] i=2")]
    [InlineData("data.t.none", "")]
    [InlineData("x := 1", "[true] x=1")]
    [InlineData("some x in [1, 2]; x > 1", "[true,true] x=2")]
    [InlineData("not data.t.no", "[true]")]
    [InlineData("count([1, 2], n)", "[true] n=2")]
    [InlineData("count([1, 2]) + 1", "[3]")]
    public void A_query_answers_with_values_even_false(string query, string expected)
    {
        var solutions = Compile("package t\nno := false\nf(_) := false\nlist := [1, false, 2]").Prepare(query).Evaluate();
        Assert.Equal(expected, string.Join('|', solutions.Select(s => string.Join(
            ' ', [new RegoArray([.. s.Expressions]).ToJson(), .. s.Bindings.Select(b => $"{b.Key}={b.Value.ToJson()}")]))));
    }

    [Fact]
    public void A_default_rule_has_a_value_and_no_members()
    {
        var error = Assert.Throws<RegoCompileException>(() => new RegoCompiler().AddModule("m.rego", "package t\n\ndefault p contains 1\n").Compile()).Errors[0];
        Assert.Equal(("rego_parse_error", "illegal default rule (must have a value)", 3), (error.Code, error.Message, error.Row));
        Assert.Equal(RegoValue.Of(1), new RegoCompiler().AddModule("m.rego", "package t\n\ndefault p := 1\n").Compile().Evaluate("data.t.p").Value);
    }

    [Fact]
    public void A_large_integer_is_one_member_of_a_set_however_it_is_written()
    {
        var policy = new RegoCompiler().AddModule("m.rego", "package t\n\nr := count({1e30, 1000000000000000000000000000000, 10e29, 1e29 * 10, -1e30, 0 - 1e30})\n").Compile();
        Assert.Equal(RegoValue.Of(2), policy.Evaluate("data.t.r").Value);
    }
}
