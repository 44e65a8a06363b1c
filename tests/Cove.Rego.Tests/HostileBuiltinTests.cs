using Cove.Rego.Values;

namespace Cove.Rego.Tests;

/// <summary>
/// Single calls of builtins with arguments made to hurt: each ends in an answer, a refusal or a limit error. None may go on long after its limits, so
/// those that would are stopped inside, or do less.
/// </summary>
public sealed class HostileBuiltinTests
{
    private const string Module = """
        package t

        a := input.a

        ab := input.ab

        deep := input.deep

        numbers_100k := numbers.range(1, 100000)

        ones := [1 | some _ in numbers_100k]

        names := [n | some i in numbers_100k; n := sprintf("k%d", [i])]

        entries := {n: 1 | some n in names}

        complete := {n: targets | some n in numbers.range(1, 26); targets := numbers.range(1, 26)}

        r := EXPRESSION

        """;

    // Large enough that what grows with its square does not end soon.
    private static readonly RegoValue Input = RegoObject.Of(
        ("a", RegoValue.Of(new string('a', 1_000_000))),
        ("ab", RegoValue.Of(new string('a', 250_000) + "b" + new string('a', 250_000))),
        ("deep", RegoValue.Of(new string('[', 400_000))));

    [Theory]
    [InlineData("graph.reachable_paths(complete, [1])")]
    [InlineData("net.cidr_expand(\"10.0.0.0/8\")")]
    [InlineData("net.cidr_expand(\"::/0\")")]
    [InlineData("numbers.range(0, 1000000000000)")]
    [InlineData("json.marshal_with_options(names, {\"pretty\": true, \"prefix\": a})")]
    [InlineData("json.marshal_with_options([[[[[[names]]]]]], {\"pretty\": true, \"indent\": a})")]
    [InlineData("strings.render_template(`{{range .x}}{{range $.x}}{{range $.x}}y{{end}}{{end}}{{end}}`, {\"x\": ones})")]
    [InlineData("strings.render_template(`{{range .x}}{{$.y}}{{end}}`, {\"x\": ones, \"y\": a})")]
    [InlineData("json.patch(ones, [op | some i in numbers_100k; op := {\"op\": \"add\", \"path\": \"/0\", \"value\": i}])")]
    [InlineData("object.union_n([{n: i} | some i, n in names]) == json.patch(entries, [op | some n in names; op := {\"op\": \"replace\", \"path\": n, \"value\": entries}])")]
    [InlineData("net.cidr_contains_matches([\"10.0.0.0/8\" | some _ in numbers_100k], [\"10.1.0.0/16\" | some _ in numbers_100k])")]
    [InlineData("[strings.any_prefix_match(n, names) | some n in names; some m in names; m != n]")]
    [InlineData("[1 | some n in names; x := union({entries_set, {n}}); count(x) < 0]")]
    [InlineData("[1 | some n in names; x := entries_set | {n}; count(x) < 0]")]
    [InlineData("[1 | some n in names; x := entries_set & {m | some m in names}; count(x) < 0]")]
    [InlineData("[1 | some n in names; x := array.reverse(names); count(x) < 0]")]
    [InlineData("[1 | some n in names; max(names) == n]")]
    [InlineData("[1 | some n in names; array.concat(names, [n]) == array.concat(names, [n])]")]
    public void What_would_be_too_large_or_take_too_long_ends_in_a_limit_error(string expression) =>
        Hostile.Limited(Module.Replace("EXPRESSION", expression, StringComparison.Ordinal).Replace("entries_set", "set_of_names", StringComparison.Ordinal) + "set_of_names := {m | some m in names}\n", "data.t.r", Input);

    [Theory]
    [InlineData("sprintf(\"%0999999999d\", [1])")]
    [InlineData("sprintf(\"%.999999999f\", [1])")]
    [InlineData("sprintf(\"%*d\", [999999999, 1])")]
    [InlineData("contains(a, ab)")]
    [InlineData("indexof(a, ab)")]
    [InlineData("indexof_n(a, ab)")]
    [InlineData("strings.count(a, ab)")]
    [InlineData("replace(a, ab, \"x\")")]
    [InlineData("strings.replace_n({ab: \"x\"}, a)")]
    [InlineData("split(a, ab)")]
    [InlineData("trim(a, concat(\"\", [replace(a, \"a\", \"b\"), \"a\"]))")]
    [InlineData("trim_left(a, concat(\"\", [replace(a, \"a\", \"b\"), \"a\"]))")]
    [InlineData("trim_right(a, concat(\"\", [replace(a, \"a\", \"b\"), \"a\"]))")]
    [InlineData("strings.replace_n({p: \"y\" | some n in names; p := concat(\"\", [\"aaaaaaaa\", n])}, a)")]
    [InlineData("strings.any_prefix_match([a | some _ in names], [ab | some _ in names])")]
    [InlineData("strings.any_suffix_match([concat(\"\", [\"b\", a])], [ab | some _ in names])")]
    [InlineData("object.subset(ones, array.concat(array.slice(ones, 0, 50000), [2]))")]
    [InlineData("object.subset(names, {n | some n in names})")]
    [InlineData("object.union_n([{n: i} | some i, n in names])")]
    [InlineData("object.filter(entries, names)")]
    [InlineData("object.remove(entries, names)")]
    [InlineData("json.filter(entries, names)")]
    [InlineData("json.remove(entries, names)")]
    [InlineData("json.remove({\"x\": ones}, [p | some i in numbers_100k; p := sprintf(\"x/%d\", [i])])")]
    [InlineData("json.filter({\"x\": ones}, [p | some i in numbers_100k; p := sprintf(\"x/%d\", [i])])")]
    [InlineData("json.patch(entries, [op | some n in names; op := {\"op\": \"remove\", \"path\": n}])")]
    [InlineData("json.patch(ones, [op | some _ in numbers_100k; op := {\"op\": \"remove\", \"path\": \"/0\"}])")]
    [InlineData("json.match_schema({}, {\"$ref\": \"#\"})")]
    [InlineData("json.match_schema({\"x\": [[i] | some i in numbers_100k]}, {\"properties\": {\"x\": {\"uniqueItems\": true}}})")]
    [InlineData("json.match_schema({\"x\": names}, {\"properties\": {\"x\": {\"items\": {\"enum\": names}}}})")]
    [InlineData("json.match_schema({\"x\": numbers_100k}, {\"properties\": {\"x\": {\"items\": {\"enum\": names}}}})")]
    [InlineData("json.unmarshal(deep)")]
    [InlineData("yaml.unmarshal(deep)")]
    [InlineData("json.is_valid(deep)")]
    [InlineData("yaml.is_valid(a)")]
    [InlineData("graphql.is_valid(concat(\"\", [\"{\", replace(a, \"a\", \"a{\")]), \"type Query { a: Query }\")")]
    [InlineData("graphql.parse_query(concat(\"\", [\"{\", replace(a, \"a\", \"a \"), \"}\"]))")]
    [InlineData("rego.parse_module(\"m\", concat(\"\", [\"package m\\n\\np := \", deep]))")]
    [InlineData("graph.reachable({n: names | some n in array.slice(names, 0, 2000)}, [\"k1\"])")]
    [InlineData("base64.decode(a)")]
    [InlineData("base64url.decode(a)")]
    [InlineData("hex.decode(a)")]
    [InlineData("urlquery.decode_object(replace(a, \"a\", \"a=&\"))")]
    [InlineData("urlquery.encode_object({\"q\": names})")]
    [InlineData("uri.parse(a)")]
    [InlineData("io.jwt.decode(concat(\".\", [a, a, a]))")]
    [InlineData("io.jwt.decode_verify(concat(\".\", [a, a, a]), {\"secret\": a})")]
    [InlineData("crypto.x509.parse_certificates(a)")]
    [InlineData("crypto.hmac.sha512(a, a)")]
    [InlineData("net.cidr_merge([c | some i in numbers.range(0, 60000); c := sprintf(\"10.%d.%d.0/24\", [i % 256, floor(i / 256)])])")]
    [InlineData("regex.find_all_string_submatch_n(`(a)(a)(a)(a)(a)(a)(a)(a)`, a, -1)")]
    [InlineData("regex.find_n(`a`, a, -1)")]
    [InlineData("format_int(bits.lsh(1, 300000), 2)")]
    [InlineData("rand.intn(\"x\", bits.lsh(1, 300000))")]
    [InlineData("to_number(replace(a, \"a\", \"9\"))")]
    [InlineData("time.parse_ns(\"2006-01-02\", a)")]
    [InlineData("time.format([0, a, a])")]
    [InlineData("time.parse_duration_ns(replace(a, \"a\", \"1h\"))")]
    [InlineData("units.parse_bytes(replace(a, \"a\", \"9\"))")]
    [InlineData("semver.compare(concat(\".\", [replace(a, \"a\", \"9\"), \"1\", \"1\"]), \"1.1.1\")")]
    [InlineData("uuid.parse(a)")]
    [InlineData("upper(a)")]
    [InlineData("strings.reverse(a)")]
    [InlineData("sort([concat(\"\", [x, n]) | some n in array.slice(names, 0, 1000); x := substring(a, 0, 10000)])")]
    [InlineData("intersection({{n | some n in names} | some _ in numbers.range(1, 3)})")]
    [InlineData("glob.match(a, [], a)")]
    [InlineData("glob.quote_meta(a)")]
    [InlineData("regex.match(sprintf(\"(%s)*c\", [concat(\"|\", array.slice(names, 0, 5000))]), a)")]
    [InlineData("regex.template_match(concat(\"\", [a, \"{a*}\"]), a, \"{\", \"}\")")]
    public void What_looks_costly_ends_in_an_answer_or_a_refusal(string expression)
    {
        var policy = new RegoCompiler().AddModule("t.rego", Module.Replace("EXPRESSION", expression, StringComparison.Ordinal)).Compile();
        var outcome = Hostile.Ends(() => policy.Evaluate("data.t.r", Input, options: Hostile.Guarded));
        Assert.True(outcome is null or RegoEvaluationException { Problem: RegoEvaluationProblem.Limit }, $"{outcome}");
    }
}
