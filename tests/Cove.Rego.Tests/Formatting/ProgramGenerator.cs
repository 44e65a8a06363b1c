using FsCheck;
using FsCheck.Fluent;

namespace Cove.Rego.Tests.Formatting;

/// <summary>Programs of every construct of the language, with comments and line ends where they may stand. They parse; they need not compile.</summary>
internal static class ProgramGenerator
{
    private static readonly string[] Names = ["a", "b", "foo", "x1", "input", "data", "count"];
    private static readonly string[] Gaps = [" ", " ", " ", "  ", "\n", "\t", " # note\n", "\n\n# on its own\n"];

    /// <summary>A module of version 1.</summary>
    public static Gen<string> Module =>
        from rules in Rule.ListOf().Resize(6)
        from imports in Gen.Elements("", "import data.z\nimport data.b as q\n\nimport input.k\n", "import rego.v1 # v1\n", "import data.k\n# why\nimport data.a\n")
        from gap in Gap
        select $"# head\npackage p.q{(gap.Contains('\n', StringComparison.Ordinal) ? gap : "\n")}{imports}{string.Join("\n", rules)}\n# end";

    /// <summary>Text that is nearly a module: one with a piece taken out, doubled or exchanged.</summary>
    public static Gen<string> Broken =>
        from module in Module
        from at in Gen.Choose(0, module.Length - 1)
        from length in Gen.Choose(0, 12)
        from piece in Gen.Elements("", "{", "}", "[", "|", "\"", "not ", " with ", "\0", "\uD800", "))", "every ", "1e9999", ":=", "`", "$\"{")
        select module[..at] + piece + module[Math.Min(module.Length, at + length)..];

    private static Gen<string> Gap => Gen.Elements(Gaps);

    private static Gen<string> Name => Gen.Elements(Names);

    private static Gen<string> Local => Gen.Elements("x", "y", "z");

    private static Gen<string> Scalar => Gen.Elements(
        "1", "(-2)", "1.50", "1e3", "null", "true", "false", "\"s\\n\\u00e9\"", "\"\"", "`raw \\d`", "12345678901234567890", "\"a-b\"", ".5", "$\"t {x} {1 + 2}\"");

    private static Gen<string> Rule =>
        from name in Gen.Elements("r", "s", "t.u", "v[\"a b\"]", "w.x1", "r")
        from form in Gen.Choose(0, 9)
        from value in Term(3)
        from second in Term(2)
        from body in Body(2)
        from inline in Literal(2)
        from gap in Gap
        select form switch
        {
            0 => $"{name} := {value}",
            1 => $"{name} if {{{gap}{body}{gap}}}",
            2 => $"{name} := {value} if {inline}",
            3 => $"{name} contains {value} if {{ {body} }}",
            4 => $"f({Pattern(value)}, y) := {second} if {{{gap}{body} }} else := {value} if {{ {inline} }} else := 7",
            5 => $"default {(name.Contains('[', StringComparison.Ordinal) ? "d" : name)} = 1",
            6 => $"{(name == "w.x1" ? "w" : "g")}[x].{(name == "r" ? "k" : "in")} := {value} if {{ {body}\n{inline} }}",
            7 => $"{name} = {value} if {{ {inline} }} {{ {body} }}",
            8 => $"h(\nx, # first\n[y, _],{gap}{{\"a\": z}}\n) = {value}",
            _ => $"{name} contains {value}",
        };

    private static string Pattern(string value) => value.Length < 4 && !value.Contains('"', StringComparison.Ordinal) ? "x" : "[x, \"k\"]";

    private static Gen<string> Body(int depth) =>
        from first in Literal(depth)
        from rest in Literal(depth).ListOf().Resize(2)
        from separator in Gen.Elements("\n", "; ", "\n\n\n", " # c\n", "\n# own\n")
        select string.Join(separator, (string[])[first, .. rest]);

    private static Gen<string> Literal(int depth) =>
        from form in Gen.Choose(0, 9)
        from left in Term(depth)
        from right in Term(depth)
        from name in Local
        from gap in Gap
        from inner in depth > 0 ? Body(depth - 1) : Gen.Constant("true")
        select form switch
        {
            0 => $"{name} := {left}",
            1 => $"{left} == {right}",
            2 => $"not f({left})",
            3 => $"some {name} in {left}",
            4 => $"some {name}, [_, y] in {left}",
            5 => $"every {name} in {left} {{{gap}{inner}{gap}}}",
            6 => $"f({left}, {right}) with input.a as {left}{gap.Replace('#', ' ').Replace("note", "", StringComparison.Ordinal).Replace("on its own", "", StringComparison.Ordinal)}with data.b as {right}",
            7 => $"some {name}, other",
            8 => $"{left} = [{name}, {right}]",
            _ => $"{name} in ({left} | {right})",
        };

    private static Gen<string> Term(int depth)
    {
        if (depth == 0) return Gen.OneOf(Scalar, Name);
        return
            from form in Gen.Choose(0, 15)
            from a in Term(depth - 1)
            from b in Term(depth - 1)
            from name in Name
            from gap in Gap
            from op in Gen.Elements("+", "-", "*", "/", "%", "&", "|", "<", ">=", "!=", "in")
            from body in depth > 1 ? Body(depth - 2) : Gen.Constant("x")
            select form switch
            {
                0 => a,
                1 => $"{name}.k[{a}].in",
                2 => $"[{gap}{a},{gap}{b}{gap}]",
                3 => $"{{\"k\":{gap}{a}, {b}: 1,}}",
                4 => $"{{{a}, {b}}}",
                5 => $"({a} {op} {b})",
                6 => $"({a}{gap}{op} {b} {op} 3)",
                7 => $"[x |{gap}{body}{gap}]",
                8 => $"{{x: ({a}) |{gap}{body} }}",
                9 => $"{{x | {body} }}",
                10 => $"count({gap}{a}{gap})",
                11 => $"f({a}, {b})[{name}]",
                12 => "set()",
                13 => $"(1, {a} in {b})",
                14 => "(-x)",
                _ => $"{name}[\"with space\"][\"not\"][_]",
            };
    }
}
