using System.Text;
using Cove.Rego.Builtins;
using Cove.Rego.Values;
using FsCheck;
using FsCheck.Fluent;

namespace Cove.Rego.Tests.Evaluation;

/// <summary>Whatever a program does and whatever it is given, its evaluation under limits ends in a value, in "undefined", or in an evaluation error.</summary>
public sealed class EveryProgramTests
{
    private static readonly EvaluationOptions Small = new()
    {
        Limits = new RegoLimits { MaxSteps = 200_000, MaxAllocatedBytes = 64L << 20, MaxDuration = TimeSpan.FromSeconds(20), MaxBuiltinElements = 20_000 },
    };

    private static readonly RegoValue[] Nasty =
    [
        RegoValue.Null, RegoValue.True, RegoValue.False, RegoValue.Of(0), RegoValue.Of(-1), RegoValue.Of(long.MaxValue), RegoValue.Of(long.MinValue),
        Json("1e300"), Json("-0.5"), Json("1.0"), Json("123456789012345678901234567890"), Json("1e-300"), RegoValue.Of(""), RegoValue.Of("a"), RegoValue.Of("%v%999999d%[9]s%!"),
        RegoValue.Of("(a+)+$["), RegoValue.Of("2024-02-30T25:61:61Z"), RegoValue.Of("10.0.0.0/33"), RegoValue.Of("::1/0"), RegoValue.Of("{\"a\":[{\"b\":1}]}"), RegoValue.Of("\u0000\uFFFF\U0001F600é"),
        RegoValue.Of("eyJhbGciOiJub25lIn0.e30."), RegoValue.Of("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"), RegoValue.Of(new string('x', 3000)), RegoValue.Of("a: &x [*x, *x]\n---\n%"),
        RegoArray.Empty, Json("[1,[2,[3]],\"x\",null]"), Json("[[\"a\",\"b\"],[\"c\"]]"), Json("[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/b/-\"}]"), RegoObject.Empty,
        Json("{\"a\":{\"b\":[1,2]},\"1\":null}"), Json("{\"a\":[\"b\"],\"b\":[\"a\"]}"), RegoSet.Of(RegoValue.Of(1), RegoValue.Of("1"), RegoArray.Empty), Json(new string('[', 200) + new string(']', 200)),
    ];

    private static RegoValue Json(string text) => RegoValue.FromJson(text);

    [Fact]
    public void Any_builtin_takes_any_values()
    {
        var random = new Random(20_24);
        var failures = new List<string>();
        foreach (var builtin in BuiltinTable.All.Where(static b => b is { NeedsNetwork: false, IsVoid: false, IsRelation: false, Arity: > 0 } && b.Name is not ("eq" or "assign")).OrderBy(static b => b.Name))
        {
            var arguments = string.Join(", ", Enumerable.Range(0, builtin.Arity).Select(static i => $"input[{i}]"));
            var entry = new RegoCompiler(new RegoCompilerOptions { V1 = false }).AddModule("m.rego", $"package t\nr = x {{ {builtin.Name}({arguments}, x) }}").Compile().FindEntryPoint("data.t.r");
            for (var i = 0; i < 60; i++)
            {
                var values = RegoArray.Of([.. Enumerable.Range(0, builtin.Arity).Select(_ => Nasty[random.Next(Nasty.Length)])]);
                try
                {
                    entry.Evaluate(values, options: Small);
                }
                catch (RegoEvaluationException)
                {
                    // An answer.
                }
                catch (Exception other)
                {
                    failures.Add($"{builtin.Name}({values.ToJson()}): {other.GetType().Name} {other.Message} {other.StackTrace?.Split('\n')[0]}");
                    break;
                }
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    [Fact]
    public void Any_program_that_compiles_ends()
    {
        var compiled = 0;
        Prop.ForAll(Arb.From(Programs), text =>
        {
            try
            {
                var policy = new RegoCompiler().AddModule("m.rego", text).Compile();
                compiled++;
                policy.Evaluate("data", Json("""{"xs":[1,"a",[2],{"k":3}],"o":{"a":{"b":1}},"n":5}"""), options: Small);
            }
            catch (RegoCompileException)
            {
                // Not a program.
            }
            catch (RegoEvaluationException)
            {
                // An answer.
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
        Assert.True(compiled > 100, $"only {compiled} of 400 compiled");
    }

    private static Gen<string> Programs =>
        from count in Gen.Choose(1, 6)
        from rules in Rule.ListOf(count)
        select "package t\n" + string.Join("\n", rules.Select((r, i) => string.Format(System.Globalization.CultureInfo.InvariantCulture, r, i)));

    private static Gen<string> Rule =>
        from form in Gen.Choose(0, 6)
        from value in Value(2)
        from body in Body
        select (form switch
        {
            0 => $"r@ := {value}",
            1 => $"r@ := y if {{ {body} }}",
            2 => $"r@ contains y if {{ {body} }}",
            3 => $"r@[y] := x if {{ {body} }}",
            4 => $"f@(x) := {value} if {{ x != null }} else := 1\nr@ := f@({value})",
            5 => $"r@ := {{x: y | {body}}}",
            _ => $"default r@ := 0\nr@ := [x | {body}] if not {value} == 1",
        }).Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal).Replace("@", "{0}", StringComparison.Ordinal);

    private static Gen<string> Body =>
        from first in Gen.Elements("some x in input.xs", "some _, x in input.o", "x := input.n", "walk(input, [_, x])", "some x in numbers.range(1, 40)")
        from value in Value(2)
        from condition in Gen.Elements("true", "y != x", "not y == 2", "every z in [x] { z == x }", "count([q | some q in [x, y]]) == 2", "input.n > 3 with input.n as 1")
        select $"{first}; y := {value}; {condition}";

    private static Gen<string> Value(int depth) => depth == 0
        ? Gen.Elements("1", "\"s\"", "input.n", "input.o", "null", "-2.5", "input.xs", "1e3", "{1, 2}")
        : from form in Gen.Choose(0, 9)
          from a in Value(depth - 1)
          from b in Value(depth - 1)
          select form switch
          {
              0 => $"({a} + {b})",
              1 => $"[{a}, {b}]",
              2 => $"object.get(input, \"o\", {a})",
              3 => $"{{\"k\": {a}, \"l\": {b}}}",
              4 => $"sprintf(\"%v %d\", [{a}, {b}])",
              5 => $"count([{a}])",
              6 => $"({a} == {b})",
              7 => $"json.marshal({a})",
              8 => $"{{{a}, {b}}}",
              _ => $"concat(\"-\", [json.marshal({a}), type_name({b})])",
          };
}
