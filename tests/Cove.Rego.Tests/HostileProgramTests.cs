using System.Globalization;
using System.Text;
using Cove.Rego.Values;

namespace Cove.Rego.Tests;

/// <summary>Programs that grow without end, one builtin after another. Each row ends in a limit error; the watch is only there so that one that does not is seen.</summary>
public sealed class HostileProgramTests
{
    [Theory]
    [InlineData("x * x", "3")]
    [InlineData("x * x", "1e300")]
    [InlineData("bits.lsh(x, 1000000)", "1")]
    [InlineData("product([x, x, x])", "7")]
    [InlineData("concat(\"-\", [x, x])", "\"0123456789abcdef\"")]
    [InlineData("sprintf(\"%s%s\", [x, x])", "\"0123456789abcdef\"")]
    [InlineData("sprintf(\"%v %v\", [x, x])", "[\"0123456789abcdef\"]")]
    [InlineData("replace(x, \"a\", x)", "\"aaaa\"")]
    [InlineData("replace(x, \"\", x)", "\"ab\"")]
    [InlineData("strings.replace_n({\"a\": x}, x)", "\"aaaa\"")]
    [InlineData("regex.replace(x, \"a\", x)", "\"aaaa\"")]
    [InlineData("base64.encode(concat(\"\", [x, x]))", "\"a\"")]
    [InlineData("urlquery.encode(concat(\"\", [x, x]))", "\"%\"")]
    [InlineData("json.marshal([x, x])", "\"a\"")]
    [InlineData("yaml.marshal([x, x])", "[\"a\"]")]
    [InlineData("array.concat(x, x)", "[1, 2]")]
    [InlineData("{[a, b] | some a in x; some b in x}", "{1, 2, 3}")]
    [InlineData("$\"{x}{x}\"", "\"0123456789abcdef\"")]
    [InlineData("json.unmarshal(json.marshal([x, x]))", "[1]")]
    [InlineData("hex.encode(concat(\"\", [x, x]))", "\"a\"")]
    public void What_doubles_at_every_step_ends_in_a_limit_error(string grow, string start)
    {
        var module = new StringBuilder($"package t\n\na0 := {start}\n");
        for (var i = 1; i <= 70; i++) module.Append(CultureInfo.InvariantCulture, $"a{i} := y if {{ x := a{i - 1}; y := {grow} }}\n");
        Hostile.Limited(module.ToString(), "data.t.a70");
    }

    [Theory]
    [InlineData("a == b")]
    [InlineData("a < b")]
    [InlineData("count({a, b}) == 1")]
    [InlineData("json.marshal(a) == \"\"")]
    [InlineData("yaml.marshal(a) == \"\"")]
    [InlineData("sprintf(\"%v\", [a]) == \"\"")]
    [InlineData("$\"{a}\" == \"\"")]
    [InlineData("count([1 | walk(a, _)]) == 1")]
    [InlineData("sort([a, b]) == []")]
    [InlineData("max([a, b]) == 1")]
    [InlineData("a in [b, b]")]
    [InlineData("object.subset([a], [b])")]
    [InlineData("count(object.union({\"k\": oa}, {\"k\": ob})) == 1")]
    public void A_value_with_more_parts_than_can_be_gone_through_is_not_gone_through(string test)
    {
        var module = new StringBuilder("package t\n\na0 := [1]\nb0 := [1]\noa0 := {\"x\": 1}\nob0 := {\"x\": 1}\n");
        for (var i = 1; i <= 70; i++)
        {
            module.Append(CultureInfo.InvariantCulture, $"a{i} := [a{i - 1}, a{i - 1}]\nb{i} := [b{i - 1}, b{i - 1}]\n");
            module.Append(CultureInfo.InvariantCulture, $"oa{i} := {{\"l\": oa{i - 1}, \"r\": oa{i - 1}}}\nob{i} := {{\"l\": ob{i - 1}, \"r\": ob{i - 1}}}\n");
        }

        Hostile.Limited(module + $"r if {{ a := a70; b := b70; oa := oa70; ob := ob70; {test} }}\n", "data.t.r");
    }

    [Fact]
    public void A_result_with_more_parts_than_can_be_written_is_not_written()
    {
        var module = new StringBuilder("package t\n\na0 := [1]\n");
        for (var i = 1; i <= 70; i++) module.Append(CultureInfo.InvariantCulture, $"a{i} := [a{i - 1}, a{i - 1}]\n");
        var value = new RegoCompiler().AddModule("t.rego", module.ToString()).Compile().Evaluate("data.t.a70").Value!;
        Assert.Equal(RegoEvaluationProblem.Limit, Assert.Throws<RegoEvaluationException>(value.ToJson).Problem);
    }

    [Theory]
    [InlineData("numbers.range(bits.lsh(1, 1000000), bits.lsh(1, 1000000) + 900000)")]
    [InlineData("numbers.range_step(0, bits.lsh(1, 1000), 1)")]
    [InlineData("[product(numbers.range(1, 900000))]")]
    [InlineData("{x | some i in numbers.range(1, 900000); x := bits.lsh(1, 300000) + i}")]
    [InlineData("[x | some i in numbers.range(1, 900000); x := format_int(bits.lsh(1, 300000) + i, 10)]")]
    [InlineData("[x | some a in numbers.range(1, 100000); some b in numbers.range(1, 100000); x := a * b; x < 0]")]
    [InlineData("{k: v | some k in numbers.range(1, 100000); v := {j | some j in numbers.range(1, 100000); j > k}}")]
    [InlineData("[x | some i in numbers.range(1, 900000); x := crypto.sha256(big)]")]
    [InlineData("[x | some i in numbers.range(1, 900000); x := contains(big, \"b\")]")]
    [InlineData("[x | some i in numbers.range(1, 900000); x := to_number(digits)]")]
    [InlineData("[x | some i in numbers.range(1, 900000); x := semver.is_valid(concat(\".\", [big, big]))]")]
    [InlineData("[x | some i in numbers.range(1, 900000); x := units.parse(concat(\"\", [digits, \"G\"]))]")]
    [InlineData("[x | some i in numbers.range(1, 900000); x := time.parse_duration_ns(big)]")]
    [InlineData("[x | some i in numbers.range(1, 900000); x := regex.match(sprintf(\"^a%d(a|b)*c$\", [i]), big)]")]
    [InlineData("[x | some i in numbers.range(1, 900000); x := glob.match(sprintf(\"*%d*\", [i]), [], big)]")]
    [InlineData("[x | some i in numbers.range(1, 900000); x := split(big, \"\")]")]
    [InlineData("[x | some i in numbers.range(1, 900000); x := graphql.is_valid(concat(\"\", [\"{\", big]), \"type Query { a: Int }\")]")]
    public void Work_that_adds_up_ends_in_a_limit_error(string expression)
    {
        var input = RegoObject.Of(("big", RegoValue.Of(new string('a', 500_000))), ("digits", RegoValue.Of(new string('7', 99_000))));
        Hostile.Limited($"package t\n\nbig := input.big\n\ndigits := input.digits\n\nr := count({expression})\n", "data.t.r", input);
    }

    [Theory]
    [InlineData("regex.match(`^(a?){500}(a?){500}b$`, input)")]
    [InlineData("regex.match(`(x+x+)+y`, input)")]
    [InlineData("regex.find_n(`a*?a*?a*?b`, input, -1)")]
    [InlineData("regex.split(`(a|aa)+$`, input)")]
    [InlineData("regex.replace(input, `(a*)*b`, `$1$1`)")]
    [InlineData("glob.match(`*a*a*a*a*a*a*a*a*a*a*a*a*b`, [], input)")]
    [InlineData("glob.match(`{a,aa,aaa}{a,aa,aaa}{a,aa,aaa}{a,aa,aaa}{a,aa,aaa}*b`, [], input)")]
    [InlineData("regex.globs_match(`a*a*a*a*b`, `a*a*a*c`)")]
    [InlineData("regex.match(`(((a{100}){100}){100}){100}`, input)")]
    [InlineData("regex.match(concat(\"\", [\"^\", input, \"$\"]), input)")]
    [InlineData("glob.match(concat(\"\", [\"{\", replace(input, \"a\", \"a,\"), \"}\"]), [], input)")]
    [InlineData("json.match_schema({\"a\": input}, {\"properties\": {\"a\": {\"pattern\": \"^(a|a)*b$\"}}})")]
    [InlineData("time.parse_ns(input, input)")]
    [InlineData("semver.compare(input, input)")]
    [InlineData("units.parse_bytes(\"1e999999G\")")]
    [InlineData("units.parse(\"9e99999999999\")")]
    [InlineData("time.add_date(0, 2147483647, 2147483647, 2147483647)")]
    [InlineData("time.format([9223372036854775807, \"UTC\", input])")]
    [InlineData("round(1e30000) + floor(-1e30000)")]
    [InlineData("1e30000 == 1e29999 * 10")]
    [InlineData("yaml.unmarshal(`a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g,*g]`)")]
    [InlineData("net.cidr_merge([sprintf(\"10.%d.%d.0/24\", [a, b]) | some a in numbers.range(0, 60); some b in numbers.range(0, 60)])")]
    public void Patterns_and_texts_made_to_hurt_end_in_an_answer_or_a_refusal(string expression)
    {
        var policy = new RegoCompiler().AddModule("t.rego", $"package t\n\nr := {expression}\n").Compile();
        var outcome = Hostile.Ends(() => policy.Evaluate("data.t.r", RegoValue.Of(new string('a', 200_000)), options: Hostile.Guarded));
        Assert.True(outcome is null or RegoEvaluationException { Problem: RegoEvaluationProblem.Limit }, $"{outcome}");
    }

    [Theory]
    [InlineData("[v | v := ", "]")]
    [InlineData("{v | v := ", "}")]
    [InlineData("{v: 1 | v := ", "}")]
    public void Comprehensions_in_comprehensions_are_compiled_soon(string open, string close)
    {
        var module = $"package t\n\nr := {string.Concat(Enumerable.Repeat(open, 60))}1{string.Concat(Enumerable.Repeat(close, 60))}\n";
        CompiledPolicy? policy = null;
        Assert.Null(Hostile.Ends(() => policy = new RegoCompiler().AddModule("t.rego", module).Compile()));
        Assert.True(policy!.Evaluate("data.t.r").IsDefined);
    }

    [Fact]
    public void Evaluating_under_with_again_and_again_ends_in_a_limit_error()
    {
        var module = new StringBuilder("package t\n\nf0 := input.n\n");
        for (var i = 1; i <= 60; i++) module.Append(CultureInfo.InvariantCulture, $"f{i} := y if {{ a := f{i - 1} with input.n as input.n + 1; b := f{i - 1} with input.n as input.n + 2; y := a + b }}\n");
        Hostile.Limited(module.ToString(), "data.t.f60", RegoValue.FromJson("""{"n": 1}"""));
    }

    [Fact]
    public void Walking_a_large_and_deep_document_ends()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 900)) + string.Join(',', Enumerable.Range(0, 50_000)) + string.Concat(Enumerable.Repeat("]", 900));
        var policy = new RegoCompiler().AddModule("t.rego", "package t\n\nr := count([p | walk(input, [p, _]); walk(input, [p, _])])\n").Compile();
        var outcome = Hostile.Ends(() => policy.Evaluate("data.t.r", RegoValue.FromJson(deep), options: Hostile.Guarded));
        Assert.Equal(RegoEvaluationProblem.Limit, Assert.IsType<RegoEvaluationException>(outcome).Problem);
    }

    [Theory]
    [InlineData("1e1000000")]
    [InlineData("1e30104")]
    [InlineData("-1E+999999999999")]
    public void Numbers_beyond_all_bounds_are_refused_where_they_are_read(string number)
    {
        Assert.Throws<RegoCompileException>(() => new RegoCompiler().AddModule("t.rego", $"package t\n\nr := {number}").Compile());
        Assert.Throws<RegoJsonException>(() => RegoValue.FromJson(number));
        var policy = new RegoCompiler().AddModule("t.rego", "package t\n\nr := to_number(input)\n\ns := json.unmarshal(input)\n").Compile();
        Assert.Equal("{}", policy.Evaluate("data.t", RegoValue.Of(number)).Value!.ToJson());
    }
}
