using Cove.Rego.Tests.Builtins;
using Cove.Rego.Values;

namespace Cove.Rego.Tests.Templates;

public sealed class TemplateTests
{
    private static string Render(string template) => BuiltinCall.Eval(
        "strings.render_template(input.t, input.d)",
        ("t", RegoValue.Of(template)),
        ("d", RegoValue.FromJson("""{"n": 1.50, "s": "a<b", "l": ["x", "y"], "m": {"k": {"z": [1, null, "q"]}}, "t": true, "e": "", "nul": null}""")));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{{.n}} {{.s}} {{.t}} {{.m.k.z}}", "1.50 a<b true [1 <nil> q]")]
    [InlineData("{{.missing}} {{.missing.deeper}} {{.nul}}", "<undefined> <undefined> <undefined>")]
    [InlineData("{{range $i, $e := .l}}{{if $i}}, {{end}}{{$i}}={{$e}}{{end}}", "0=x, 1=y")]
    [InlineData("{{range .none}}a{{else}}none{{end}}", "none")]
    [InlineData("{{range $k, $v := .m}}{{$k}}{{end}}", "k")]
    [InlineData("{{range 4}}{{if eq . 1}}{{continue}}{{end}}{{if eq . 3}}{{break}}{{end}}{{.}}{{end}}", "02")]
    [InlineData("{{with .none}}a{{else with .n}}b{{.}}{{end}}", "b1.50")]
    [InlineData("{{if .e}}1{{else if .t}}2{{else}}3{{end}}", "2")]
    [InlineData("a {{- /* gone */ -}} b", "ab")]
    [InlineData("a {{- .n -}} b", "a1.50b")]
    [InlineData("{{define \"T\"}}[{{.}}]{{end}}{{template \"T\" .n}}", "[1.50]")]
    [InlineData("{{block \"B\" .n}}<{{.}}>{{end}}", "<1.50>")]
    [InlineData("{{$x := 5}}{{$x}}{{$x = 6}}{{$x}}", "56")]
    [InlineData("{{ .l | len | printf \"%03d\" }}", "002")]
    [InlineData("{{(index .m \"k\").z}} {{index .l 1}}", "[1 <nil> q] y")]
    [InlineData("{{slice .l 1}} {{slice \"abcd\" 1 3}}", "[y] bc")]
    [InlineData("{{and .t .n}} {{or .e \"d\"}} {{not .t}}", "1.50 d false")]
    [InlineData("{{html .s}} {{js .s}} {{urlquery \"a b\"}}", "a&lt;b a\\u003Cb a+b")]
    [InlineData("{{print 1 2 \"x\"}} {{println 1}}", "1 2x 1\n")]
    [InlineData("{{eq .s \"a<b\"}} {{ne 1 2}} {{lt 1 2}} {{ge 0x10 020}}", "true true true true")]
    [InlineData("{{'a'}} {{1_000}} {{1.5e1}} {{`raw`}} {{\"\\u00e9\"}}", "97 1000 15 raw é")]
    public void Renders(string template, string expected) => Assert.Equal(RegoValue.Of(expected).ToJson(), Render(template));

    [Theory]
    [InlineData("{{.n.b}}", "template: template:1:4: executing \"template\" at <.n.b>: can't evaluate field b in type interface {}")]
    [InlineData("a\n{{ .a | foo }}", "template: template:2: function \"foo\" not defined")]
    [InlineData("{{ if .a }}", "template: template:1: unexpected EOF")]
    [InlineData("{{ end }}", "template: template:1: unexpected {{end}}")]
    [InlineData("{{ .a", "template: template:1: unclosed action")]
    [InlineData("{{ $x }}", "template: template:1: undefined variable \"$x\"")]
    [InlineData("{{ break }}", "template: template:1: {{break}} outside {{range}}")]
    [InlineData("{{ index .l 5 }}", "template: template:1:3: executing \"template\" at <index .l 5>: error calling index: index out of range: 5")]
    [InlineData("{{ lt .n 5 }}", "template: template:1:3: executing \"template\" at <lt .n 5>: error calling lt: incompatible types for comparison: json.Number and int")]
    [InlineData("{{template \"none\"}}", "template: template:1:11: executing \"template\" at <{{template \"none\"}}>: template \"none\" not defined")]
    public void Says_what_is_wrong(string template, string expected) => Assert.Equal("strings.render_template: " + expected, Render(template));

    [Fact]
    public void A_template_without_end_meets_the_limits()
    {
        var limit = Render("{{define \"T\"}}x{{template \"T\"}}{{end}}{{template \"T\"}}");
        Assert.Contains("nested too deeply", limit, StringComparison.Ordinal);
    }
}
