using Cove.Rego.Values;
using FsCheck;
using FsCheck.Fluent;

namespace Cove.Rego.Tests.Evaluation;

/// <summary>One key of a partial rule: what the whole would have there, without the whole.</summary>
public sealed class KeyedDocumentTests
{
    private static readonly string[] SetRules =
    [
        "p contains x if some x in input.list",
        "p contains x if { some x, v in input.map; v > 1 }",
        "p contains x if input.map[x] == 2",
        "p contains \"constant\" if input.on",
        "p contains [x, y] if { some x in input.list; y := input.map[x] }",
        "p contains [x, x] if some x in input.list",
        "p contains upper(x) if some x in input.list",
        "p contains x if { some x in input.list; not input.map[x] }",
        "p contains x if { some x in input.list; every v in input.map { v != x } }",
        "p contains {x} if some x in input.list",
        "p contains {\"k\": x} if some x in input.list",
        "p contains x if { walk(input.map, [_, x]); is_number(x) }",
        "p contains x if { x := input.n; x > 0 }",
    ];

    private static readonly string[] ObjectRules =
    [
        "p[x] := v if some x, v in input.map",
        "p[x] := v if v := input.map[x]",
        "p[x] := n if { some n, x in input.list; not input.map[x] }",
        "p[x] contains y if { some x in input.list; some y in input.list; x != y }",
        "p[x][y] := 1 if { some x in input.list; some y, _ in input.map }",
        "p[x] := input.list if { some x in input.list; x in {\"a\", \"c\"} }",
        "p[[x, 1]] := x if some x in input.list",
    ];

    private static readonly RegoValue[] Universe =
    [
        .. new[] { "\"a\"", "\"b\"", "\"c\"", "\"A\"", "\"constant\"", "1", "2", "3", "[\"a\", 1]", "[\"a\", \"a\"]", "[\"b\", 2]", "{\"k\": \"a\"}", "null", "true", "[\"a\"]" }.Select(RegoValue.FromJson),
        RegoSet.Of(RegoValue.Of("a")),
    ];

    private static readonly Gen<string> Inputs =
        from list in Gen.ListOf(Gen.Elements("\"a\"", "\"b\"", "\"c\"", "1", "2", "true")).Resize(5)
        from map in Gen.ListOf(Gen.Elements("\"a\": 1", "\"a\": 2", "\"b\": 2", "\"c\": 3")).Resize(4)
        from number in Gen.Choose(-1, 3)
        from flag in Gen.Elements("true", "false")
        select $$"""{"list": [{{string.Join(',', list)}}], "map": { {{string.Join(',', map)}} }, "n": {{number}}, "on": {{flag}}}""";

    [Fact]
    public void A_sets_member_is_found_by_itself_where_the_whole_has_it() => Check(SetRules);

    [Fact]
    public void An_objects_entry_is_found_by_itself_as_the_whole_has_it() => Check(ObjectRules);

    [Fact]
    public void Other_keys_of_a_partial_rule_are_not_evaluated()
    {
        var policy = new RegoCompiler().AddModule("t.rego", "package t\n\nq[x] := y if {\n\tsome x in [\"good\", \"bad\"]\n\tsome y in input.values[x]\n}\n\nr := q.good\n\ns := q.bad\n").Compile();
        var input = RegoValue.FromJson("""{"values": {"good": [1], "bad": [1, 2]}}""");
        Assert.Equal(RegoValue.Of(1), policy.Evaluate("data.t.r", input).Value);
        Assert.Equal(RegoValue.Of(1), policy.Evaluate("data.t.q.good", input).Value);
        Assert.Equal("eval_conflict_error", Assert.Throws<RegoEvaluationException>(() => policy.Evaluate("data.t.s", input)).Code);
        Assert.Equal("eval_conflict_error", Assert.Throws<RegoEvaluationException>(() => policy.Evaluate("data.t.q", input)).Code);
    }

    [Fact]
    public void One_key_among_very_many_takes_few_steps()
    {
        var policy = new RegoCompiler().AddModule("t.rego", "package t\n\np[x] := input.map[x]\n\nq contains x if input.map[x]\n\nr if {\n\tevery k in input.ask { p[k] == k; q[k] }\n}\n").Compile();
        var keys = Enumerable.Range(0, 100_000).Select(i => $"\"{i}\"").ToArray();
        var input = RegoValue.FromJson($$"""{"map": { {{string.Join(',', keys.Select(k => $"{k}: {k}"))}} }, "ask": [{{string.Join(',', keys.Take(100))}}]}""");
        var few = new EvaluationOptions { Limits = new RegoLimits { MaxSteps = 20_000 } };
        Assert.Equal(RegoValue.True, policy.Evaluate("data.t.r", input, options: few).Value);
    }

    [Fact]
    public void Many_keys_of_rules_that_go_through_a_collection_stay_linear()
    {
        var policy = new RegoCompiler().AddModule("t.rego", "package t\n\np contains x if { some y in input.list; x := y + 1 }\n\nr := count([x | some x in input.list; p[x]])\n").Compile();
        var input = RegoValue.FromJson($"{{\"list\": [{string.Join(',', Enumerable.Range(0, 5_000))}]}}");
        var few = new EvaluationOptions { Limits = new RegoLimits { MaxSteps = 200_000 } };
        Assert.Equal(RegoValue.Of(4_999), policy.Evaluate("data.t.r", input, options: few).Value);
    }

    [Fact]
    public void What_with_replaces_is_seen_by_key()
    {
        var policy = new RegoCompiler().AddModule("t.rego", "package t\n\np contains x if some x in input.list\n\nr := [v | some v in [\"a\", \"b\", \"c\"]; p[v]]\n\nwithin := v if v := r with input.list as [\"b\"]\n\nreplaced := v if v := r with data.t.p as {\"c\"}\n").Compile();
        var input = RegoValue.FromJson("""{"list": ["a"]}""");
        Assert.Equal("""["a"]""", policy.Evaluate("data.t.r", input).Value!.ToJson());
        Assert.Equal("""["b"]""", policy.Evaluate("data.t.within", input).Value!.ToJson());
        Assert.Equal("""["c"]""", policy.Evaluate("data.t.replaced", input).Value!.ToJson());
    }

    private static void Check(string[] choices) => Prop.ForAll(
        Arb.From(from rules in Gen.SubListOf(choices) from input in Inputs select (Rules: rules.ToArray(), Input: input)),
        static drawn => Compare(drawn.Rules, drawn.Input)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static void Compare(string[] rules, string given)
    {
        if (rules.Length == 0) return;
        const string asks = "one := p[input.key]\n\nall := [[i, v] | some i, k in input.keys; v := p[k]]\n";
        var policy = new RegoCompiler().AddModule("t.rego", $"package t\n\n{string.Join("\n\n", rules)}\n\n{asks}").Compile();
        var input = (RegoObject)RegoValue.FromJson(given);
        var conflicts = 0;
        RegoValue? whole = null;
        try
        {
            whole = policy.Evaluate("data.t.p", input).Value;
        }
        catch (RegoEvaluationException conflict) when (conflict.Problem == RegoEvaluationProblem.Conflict)
        {
            conflicts = -1;
        }

        var expected = new List<RegoValue>();
        for (var i = 0; i < Universe.Length; i++)
        {
            var wanted = whole is null ? null : Lookup(whole, Universe[i]);
            try
            {
                var found = policy.Evaluate("data.t.one", input.With("key", Universe[i])).Value;
                if (whole is not null) Assert.Equal(wanted, found);
            }
            catch (RegoEvaluationException conflict) when (conflict.Problem == RegoEvaluationProblem.Conflict && whole is null)
            {
                conflicts++;
            }

            if (wanted is not null) expected.Add(RegoArray.Of(RegoValue.Of(i), wanted));
        }

        Assert.NotEqual(-1, conflicts);
        if (whole is not null) Assert.Equal(RegoArray.Of([.. expected]), policy.Evaluate("data.t.all", input.With("keys", RegoArray.Of(Universe))).Value);
    }

    private static RegoValue? Lookup(RegoValue whole, RegoValue key) => whole switch
    {
        RegoObject obj => obj.TryGet(key, out var value) ? value : null,
        RegoSet set => set.Sorted.Contains(key) ? key : null,
        _ => null,
    };
}
