using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cove.Rego;

namespace Cove.Cli.Commands.Rego;

internal sealed class TestCommand : CoveCommand
{
    private static readonly TimeSpan MatchTime = TimeSpan.FromSeconds(1);
    private readonly Argument<string[]> files = new("file") { Description = "modules (.rego), facts (.json, .yaml), or folders of both", Arity = ArgumentArity.OneOrMore };
    private readonly Option<bool> verbose = new("--verbose", "-v") { Description = "a line a test, with what it printed" };
    private readonly Option<string?> run = new("--run", "-r") { HelpName = "pattern", Description = "only tests whose full name matches a regular expression" };
    private readonly Option<bool> coverage = new("--coverage", "-c") { Description = "print which rows of the modules the tests touched, as opa test --coverage does" };
    private readonly Option<double?> threshold = new("--threshold") { HelpName = "percent", Description = "with --coverage: exit with 3 where less is covered" };
    private readonly Option<TimeSpan?> timeout = RegoOptions.Timeout();
    private readonly Option<string[]> ignore = RegoOptions.Ignore();
    private readonly Option<bool> v0 = new("--v0-compatible") { Description = "read modules without rego.v1 in the old version of the language" };

    public TestCommand()
        : base("test", "run the test_ rules that Rego modules hold")
    {
        Add(files);
        foreach (var option in (Option[])[verbose, run, coverage, threshold, timeout, ignore, v0]) Add(option);
        Details = "A test passes when its rule is true. Tests that fail or cannot be evaluated are findings, and the exit code is 3.";
        Example("cove rego test policies/", "every rule whose name starts with test_");
        Example("cove rego test policies/ -v --run 'deny'", "some of them, a line each");
        Example("cove rego test policies/ --coverage --threshold 90", "what the tests leave out");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var read = await RegoFiles.Read(call, call.Get(files), call.Get(ignore) ?? [], cancellation);
        var policy = read.Compile(new RegoCompilerOptions { V1 = !call.Get(v0), Print = true });
        var covered = call.Get(coverage) ? new RegoCoverage(policy) : null;
        var options = new EvaluationOptions { Time = call.Time, Cancellation = cancellation };
        if (call.Get(timeout) is { } most) options = options with { Limits = options.Limits with { MaxDuration = most } };
        var wanted = Pattern(call.Get(run));
        var results = await Task.Run(() => RegoTestRun.Run(covered?.Traced ?? policy, read.Data, options, wanted), cancellation);
        if (call.Get(verbose)) Tell(call, results);
        var failed = results.Where(static r => r.Outcome is RegoTestOutcome.Failed or RegoTestOutcome.Error).ToArray();
        if (failed.Length > 0)
        {
            var findings = failed.Select(static r => new Cove.Outcomes.Finding("rego-test-failed", $"{r.File}:{r.Row}", "true", r.Reason ?? "undefined or not true", r.Name)).ToArray();
            throw new CommandFailedException(new Failure(ExitCode.Rejected, "rego-tests-failed", $"{Quantity.Of(failed.Length, "test")} of {results.Count} failed", null, findings));
        }

        if (covered is not null) return CoveragePage.Of(covered.Files(), call.Get(threshold));
        return Answer.Of(
            page => page.Line($"{page.Good("✓ passed")}: {Quantity.Of(results.Count(static r => r.Outcome == RegoTestOutcome.Passed), "test")}"),
            writer => Write(writer, results));
    }

    private static Func<string, bool>? Pattern(string? pattern)
    {
        if (pattern is null) return null;
        try
        {
            var regex = new Regex(pattern, RegexOptions.CultureInvariant, MatchTime);
            return regex.IsMatch;
        }
        catch (ArgumentException bad)
        {
            throw CommandFailedException.Usage("not-a-pattern", $"not a regular expression, {pattern}", bad.Message);
        }
    }

    private static void Tell(Invocation call, IReadOnlyList<RegoTestResult> results)
    {
        foreach (var result in results)
        {
            var word = result.Outcome switch
            {
                RegoTestOutcome.Passed => "PASS",
                RegoTestOutcome.Failed => "FAIL",
                RegoTestOutcome.Error => "ERROR",
                _ => "SKIPPED",
            };
            call.Terminal.Note(string.Create(CultureInfo.InvariantCulture, $"{result.Name}: {word} ({result.Duration.TotalMilliseconds:F2} ms)"));
            foreach (var line in result.Output) call.Terminal.Note($"  {line}");
        }
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
