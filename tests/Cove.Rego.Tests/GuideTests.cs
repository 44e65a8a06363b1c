using Cove.Rego.Values;

namespace Cove.Rego.Tests;

/// <summary>The C# of docs/guides/use-rego.md, compiled and run. The guide must hold the same lines.</summary>
public sealed class GuideTests
{
    private const string Text = """
        package harbour
        default enter := false
        enter if { print(time.now_ns()); input.draught < data.depth }
        """;

    [Fact]
    public void The_code_of_the_guide_runs()
    {
        var (text, request, facts) = (Text, """{"draught":11}""", RegoObject.Of(("depth", RegoValue.Of(9))));
        var (clock, log) = (TimeProvider.System, new List<string>());

        // guide
        var policy = new RegoCompiler()
            .AddModule("harbour.rego", text)
            .Compile();

        var enter = policy.FindEntryPoint("data.harbour.enter");
        var allowed = enter.Evaluate(RegoValue.FromJson(request), facts).IsTrue;

        var options = new EvaluationOptions
        {
            Limits = RegoLimits.Hostile,
            Time = clock,
            OnPrint = log.Add,
        };

        var explanation = policy.Explain("data.harbour.enter", RegoValue.FromJson(request), facts);
        foreach (var failed in explanation.Rules.Select(rule => rule.Failed).OfType<RegoFailedExpression>())
            log.Add($"{failed.File}:{failed.Row} {failed.Text}");
        // end

        Assert.False(allowed);
        Assert.False(enter.Evaluate(RegoValue.FromJson(request), facts, options).IsTrue);
        Assert.Equal(["harbour.rego:3 input.draught < data.depth"], log);
    }

    [Fact]
    public void The_guide_shows_that_code()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Cove.slnx"))) root = root.Parent!;
        var source = File.ReadAllText(Path.Combine(root.FullName, "tests", "Cove.Rego.Tests", "GuideTests.cs"));
        var lines = source[source.IndexOf("// guide\n", StringComparison.Ordinal)..source.IndexOf("// end\n", StringComparison.Ordinal)]
            .Split('\n').Skip(1).Select(static l => l.Trim()).Where(static l => l.Length > 0);
        var guide = File.ReadAllText(Path.Combine(root.FullName, "docs", "guides", "use-rego.md"));
        var shown = guide.Split("```csharp\n").Skip(1).SelectMany(static b => b[..b.IndexOf("```", StringComparison.Ordinal)].Split('\n')).Select(static l => l.Trim()).Where(static l => l.Length > 0);
        Assert.Equal(lines, shown);
    }
}
