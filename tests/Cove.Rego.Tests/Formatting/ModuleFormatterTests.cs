namespace Cove.Rego.Tests.Formatting;

public sealed class ModuleFormatterTests
{
    private static string Format(string text, bool v1 = true) => RegoModule.Parse("m.rego", text, new RegoCompilerOptions { V1 = v1 }).Format();

    [Theory]
    [InlineData("package a.b\np:=1", "package a.b\n\np := 1\n")]
    [InlineData("package a\n\n\n\np = 1\nq = 2\n\nr = 3", "package a\n\np := 1\nq := 2\n\nr := 3\n")]
    [InlineData("package a\np if {\n  x := 1\n\n\n  x>0 ; x<2 }", "package a\n\np if {\n\tx := 1\n\n\tx > 0\n\tx < 2\n}\n")]
    [InlineData("package a\np if { input.x }", "package a\n\np if input.x\n")]
    [InlineData("package a\np if {\n input.x }", "package a\n\np if {\n\tinput.x\n}\n")]
    [InlineData("package a\np if { {1} }", "package a\n\np if {\n\t{1}\n}\n")]
    [InlineData("package a\np := true if input[\"x\"]", "package a\n\np if input.x\n")]
    [InlineData("package a\np if input[\"not\"].x[\"a-b\"]", "package a\n\np if input[\"not\"].x[\"a-b\"]\n")]
    [InlineData("package a\np := 1+2*3 - -input.x", "package a\n\np := (1 + (2 * 3)) - -input.x\n")]
    [InlineData("package a\np := [(x|y)]", "package a\n\np := [(x | y)]\n")]
    [InlineData("package a\np := [1,2,\n3]", "package a\n\np := [\n\t1, 2,\n\t3,\n]\n")]
    [InlineData("package a\np := {\n\"a\":1}", "package a\n\np := {\"a\": 1}\n")]
    [InlineData("package a\np := { # why\n\"a\":1 # one\n# end\n}", "package a\n\np := { # why\n\t\"a\": 1, # one\n\t# end\n}\n")]
    [InlineData("package a\np := [x|some x in xs;x>1]", "package a\n\np := [x | some x in xs; x > 1]\n")]
    [InlineData("package a\np := [x|\nsome x in xs\nx>1]", "package a\n\np := [x |\n\tsome x in xs\n\tx > 1\n]\n")]
    [InlineData("package a\np := `a\\d` if 1e3 == 1000.0", "package a\n\np := `a\\d` if 1e3 == 1000.0\n")]
    [InlineData("package a\np if every k,v in xs { v>1 }", "package a\n\np if every k, v in xs { v > 1 }\n")]
    [InlineData("package a\np if f((1,2 in xs))", "package a\n\np if f((1, 2 in xs))\n")]
    [InlineData("package a\np contains 1\np contains 2 if true", "package a\n\np contains 1\np contains 2 if true\n")]
    [InlineData("package a\nf(x):=1 if x==1 else:=2", "package a\n\nf(x) := 1 if x == 1\n\nelse := 2\n")]
    [InlineData("package a\nf(x):=1 if {\nx==1\n} else:=2 if {\nx==2\n}", "package a\n\nf(x) := 1 if {\n\tx == 1\n} else := 2 if {\n\tx == 2\n}\n")]
    [InlineData("package a\np if {\nf(1) with input.x as 1\nwith data.y as 2 }", "package a\n\np if {\n\tf(1) with input.x as 1\n\t\twith data.y as 2\n}\n")]
    [InlineData("package a\nimport data.b\nimport data.a as x\n\nimport input.z\np := 1", "package a\n\nimport data.a as x\nimport data.b\n\nimport input.z\n\np := 1\n")]
    [InlineData("# top\n\n# of it\npackage a # here\n# before p\np := 1 # at p\n# last", "# top\n\n# of it\npackage a # here\n\n# before p\np := 1 # at p\n\n# last\n")]
    [InlineData("package a\np if { # one\n  # two\n  true # three\n  # four\n} # five", "package a\n\np if { # one\n\t# two\n\ttrue # three\n\t# four\n} # five\n")]
    [InlineData("package a\nf(\n[x],\n{\"a\": y}) := x", "package a\n\nf(\n\t[x],\n\t{\"a\": y},\n) := x\n")]
    [InlineData("package a\ndefault p = false", "package a\n\ndefault p := false\n")]
    [InlineData("package a\na.b[x].c := y if { some x,y }", "package a\n\na.b[x].c := y if some x, y\n")]
    public void Has_one_layout(string text, string expected)
    {
        var formatted = Format(text);
        Assert.Equal(expected, formatted);
        Assert.Equal(expected, Format(formatted));
    }

    [Theory]
    [InlineData("package a\np = x { x := 1 }", "package a\n\np = x {\n\tx := 1\n}\n")]
    [InlineData("package a\np[x] { x := 1 } { x := 2 }", "package a\n\np[x] {\n\tx := 1\n}\n\np[x] {\n\tx := 2\n}\n")]
    [InlineData("package a\np[1]\nf(\"x\")\na.b.c", "package a\n\np[1]\nf(\"x\")\na.b.c\n")]
    public void Leaves_the_old_version_of_the_language_as_it_is(string text, string expected) => Assert.Equal(expected, Format(text, v1: false));

    [Fact]
    public void A_comment_inside_a_line_moves_behind_it_and_none_is_lost()
    {
        var formatted = Format("package a\np := 1 + # one\n2 + # two\n3 # three\nq := 2");
        Assert.Equal("package a\n\np := (1 + 2) + 3 # one\n# two\n# three\n\nq := 2\n", formatted);
    }
}
