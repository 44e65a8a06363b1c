using Cove.Rego.Analysis;
using Cove.Rego.Conformance;
using Cove.Rego.Linking;
using Cove.Rego.Syntax;
using Cove.Rego.Values;

namespace Cove.Rego.Tests;

public sealed class RegoImageTests
{
    private const string Library = "package lib.math\n\ndouble(x) := x * 2\n\nlimit := data.app.limit\n\nallowed if double(input.n) < limit\n\nnames contains name if some name, _ in input.users\n";

    [Fact]
    public void A_linked_image_and_the_modules_beside_it_see_each_other()
    {
        var policy = Link(Library, "package app\n\nlimit := 10\n\nok := data.lib.math.allowed\n\neight := data.lib.math.double(4)\n");
        Assert.Equal("""{"eight":8,"limit":10,"ok":true}""", policy.Evaluate("data.app", Json("""{"n": 4}""")).Value!.ToJson());
        Assert.Equal("""{"eight":8,"limit":10}""", policy.Evaluate("data.app", Json("""{"n": 5}""")).Value!.ToJson());
        Assert.Equal("""["a","b"]""", policy.Evaluate("data.lib.math.names", Json("""{"users": {"b": 1, "a": 2}}""")).Value!.ToJson());
    }

    [Fact]
    public void Modules_are_checked_in_full_against_an_image()
    {
        Assert.Equal("rego_type_error 3: function data.lib.math.double has arity 1, got 2 arguments", Refused("package app\n\nr := data.lib.math.double(1, 2)"));
        Assert.Equal("rego_type_error 3: data.lib.math.double: invalid argument(s)", Refused("package app\n\nr := data.lib.math.double(\"four\")"));
        Assert.Equal("rego_type_error 3: undefined ref: data.lib.math.allowed.deeper", Refused("package app\n\nr := data.lib.math.allowed.deeper"));
        Assert.Equal("rego_unsafe_var_error 3: var y is unsafe", Refused("package app\n\nr := data.lib.math.double(y)"));
        Assert.Equal("rego_compile_error 1: the package is part of a linked image, or above it", Refused("package lib.math\n\nr := 1"));
        Assert.Equal("rego_compile_error 1: the package is part of a linked image, or above it", Refused("package lib\n\nmath.r := 1"));
        Assert.Equal("rego_compile_error 1: the package is part of a linked image, or above it", Refused("package lib.math.below\n\nr := 1"));
        Assert.StartsWith("rego_recursion_error 3: rule data.app.limit is recursive", Refused("package app\n\nlimit := data.lib.math.limit"), StringComparison.Ordinal);
        Assert.Equal("rego_type_error 0: function data.app.limit used as reference, not called", Refused("package app\n\nlimit(x) := x"));
    }

    [Fact]
    public void Explanations_show_an_images_text_and_the_names_written_in_it()
    {
        const string library = "package lib\n\nallowed if {\n\tasked := input.n\n\tasked < 5\n}\n";
        var explanation = Link(library, "package app\n\nr := data.lib.allowed").Explain("data.lib.allowed", Json("""{"n": 7}"""));
        var failed = explanation.Rules[0].Failed!;
        Assert.Equal(("asked < 5", 5), (failed.Text, failed.Row));
        Assert.Contains(failed.Bindings, binding => binding.Key == "asked" && binding.Value == RegoValue.Of(7));
    }

    [Fact]
    public void What_is_no_image_is_refused()
    {
        var image = new RegoCompiler().AddModule("lib.rego", Library).CompileImage();
        Assert.Throws<FormatException>(() => RegoImage.Read([], NoText));
        Assert.Throws<FormatException>(() => RegoImage.Read([.. image, 0], NoText));
        Assert.Throws<FormatException>(() => RegoImage.Read(image[..^1], NoText));
        image[5]++;
        Assert.Throws<FormatException>(() => RegoImage.Read(image, NoText));
    }

    [Fact]
    public void Options_that_an_image_was_not_compiled_with_are_refused()
    {
        var image = RegoImage.Read(new RegoCompiler().AddModule("lib.rego", Library).CompileImage(), NoText);
        Assert.Throws<InvalidOperationException>(() => new RegoCompiler(new RegoCompilerOptions { Strict = true }).Link(image));
        Assert.Throws<InvalidOperationException>(() => new RegoCompiler(new RegoCompilerOptions { V1 = false }).Link(image));
        Assert.Throws<InvalidOperationException>(() => new RegoCompiler(new RegoCompilerOptions { Print = true }).CompileImage());
        Assert.Throws<InvalidOperationException>(() => new RegoCompiler().Link(image).Link(image));
    }

    [Theory]
    [InlineData("opa_v1")]
    [InlineData("oracle_lang")]
    [InlineData("regocpp")]
    public void Through_an_image_rules_are_what_they_were_and_decide_the_same(string suite)
    {
        Assert.SkipWhen(!Directory.Exists(Cove.Tests.Vectors.Path("rego", suite)), "the shared vectors hold no Rego suites");
        var compared = 0;
        foreach (var test in Cases(suite))
        {
            var options = new RegoCompilerOptions { V1 = test.IsV1 };
            if (Compiler(options, test.Modules) is not { } compiler || Compiled(compiler) is not { } direct) continue;
            var linked = new RegoCompiler(options).Link(RegoImage.Read(compiler.CompileImage(), NoText)).Compile();
            Assert.Equal(Rules(Compiled(Compiler(options, test.Modules)!)!), Rules(linked));
            Assert.Equal(Whole(direct, test), Whole(linked, test));
            compared++;
        }

        Assert.True(compared > 50, $"only {compared} cases compile by themselves");
    }

    private static string NoText(string file) => throw new InvalidOperationException($"nothing should show {file}");

    private static RegoValue Json(string text) => RegoValue.FromJson(text);

    private static CompiledPolicy Link(string library, string module)
    {
        var image = RegoImage.Read(new RegoCompiler().AddModule("lib.rego", library).CompileImage(), _ => library);
        return new RegoCompiler().Link(image).AddModule("app.rego", module).Compile();
    }

    private static string Refused(string module)
    {
        var error = Assert.Throws<RegoCompileException>(() => Link(Library, module)).Errors[0];
        return $"{error.Code} {error.Row}: {error.Message}";
    }

    private static IEnumerable<ConformanceCase> Cases(string suite)
    {
        foreach (var file in Directory.EnumerateFiles(Cove.Tests.Vectors.Path("rego", suite), "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var content = (RegoObject)RegoValue.FromJson(File.ReadAllBytes(file));
            var isV1 = (content["rego_version"] as RegoString)?.Value != "v0";
            foreach (var (_, item) in ((RegoArray)content["cases"]!).Items.Select((item, at) => (at, item))) yield return new ConformanceCase((RegoObject)item, isV1);
        }
    }

    private static RegoCompiler? Compiler(RegoCompilerOptions options, IEnumerable<string> modules)
    {
        var compiler = new RegoCompiler(options);
        var count = 0;
        foreach (var text in modules) compiler.AddModule($"test-{count++}.rego", text);
        return count == 0 ? null : compiler;
    }

    private static CompiledPolicy? Compiled(RegoCompiler compiler)
    {
        try
        {
            return compiler.Compile();
        }
        catch (RegoCompileException)
        {
            return null;
        }
    }

    /// <summary>All rules and types as bytes, whichever way they came.</summary>
    private static byte[] Rules(CompiledPolicy policy)
    {
        var state = policy.Program.State;
        var (sink, strings) = (new ByteSink(), new StringTable());
        foreach (var node in state.Tree.Nodes.OrderBy(static node => node.PathText(), StringComparer.Ordinal))
        {
            new TermWriter(strings, []).Value(sink, node.Key);
            foreach (var rule in node.Rules)
            {
                Assert.Equal(node.Arity, rule.Head.Arguments?.Count ?? -1);
                new TermWriter(strings, [rule.Module.Source]).Write(sink, rule);
            }

            if (node.HasRules) new TypeWriter(strings, []).Write(sink, state.TypeOf(node));
        }

        strings.WriteTo(sink);
        return sink.ToArray();
    }

    // Steps and bytes are the same at every run; how long they take is not.
    private static readonly RegoLimits Limits = RegoLimits.Hostile with { MaxDuration = TimeSpan.FromMinutes(1) };

    private static string Whole(CompiledPolicy policy, ConformanceCase test)
    {
        try
        {
            return policy.Evaluate("data", test.Input, test.Data, new EvaluationOptions { Time = new FixedTime(), Limits = Limits }).Value?.ToString() ?? "undefined";
        }
        catch (RegoEvaluationException error)
        {
            return error.Problem == RegoEvaluationProblem.Limit ? "limit" : error.Message;
        }
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56);
    }
}
