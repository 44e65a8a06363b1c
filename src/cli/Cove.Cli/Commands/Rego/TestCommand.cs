using System.CommandLine;
using System.Text.Json;
using Cove.Rego;

namespace Cove.Cli.Commands.Rego;

internal sealed class TestCommand : CoveCommand
{
    private readonly Argument<string[]> files = new("file") { Description = "modules (.rego), folders of them, or facts (.json)", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> v0 = new("--v0-compatible") { Description = "read modules without rego.v1 in the old version of the language" };

    public TestCommand()
        : base("test", "run the test_ rules that Rego modules hold")
    {
        Add(files);
        Add(v0);
        Details = "A test passes when its rule is true. Tests that fail or cannot be evaluated are findings, and the exit code is 3.";
        Example("cove rego test policies/", "every rule whose name starts with test_");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var read = await RegoFiles.Read(call, call.Get(files), cancellation);
        var policy = read.Compile(new RegoCompilerOptions { V1 = !call.Get(v0) });
        var options = new EvaluationOptions { Time = call.Time, Cancellation = cancellation };
        var results = await Task.Run(() => RegoTestRun.Run(policy, read.Data, options), cancellation);
        var failed = results.Where(r => r.Outcome is RegoTestOutcome.Failed or RegoTestOutcome.Error).ToArray();
        if (failed.Length > 0)
        {
            var findings = failed.Select(r => new Cove.Outcomes.Finding("rego-test-failed", $"{r.File}:{r.Row}", "true", r.Reason ?? "undefined or not true", r.Name)).ToArray();
            throw new CommandFailedException(new Failure(ExitCode.Rejected, "rego-tests-failed", $"{Quantity.Of(failed.Length, "test")} of {results.Count} failed", null, findings));
        }

        return Answer.Of(
            page => page.Line($"{page.Good("✓ passed")}: {Quantity.Of(results.Count(r => r.Outcome == RegoTestOutcome.Passed), "test")}"),
            writer => Write(writer, results));
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<RegoTestResult> results)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("tests");
        foreach (var result in results)
        {
            writer.WriteStartObject();
            writer.WriteString("name", result.Name);
            writer.WriteString("file", result.File);
            writer.WriteNumber("row", result.Row);
            writer.WriteString("outcome", result.Outcome == RegoTestOutcome.Passed ? "passed" : "skipped");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
