using Cove.Rego.Evaluation;
using Cove.Rego.Values;

namespace Cove.Rego;

/// <summary>How a test rule went.</summary>
public enum RegoTestOutcome
{
    /// <summary>The rule is true.</summary>
    Passed,

    /// <summary>The rule is undefined or not true.</summary>
    Failed,

    /// <summary>The rule could not be evaluated.</summary>
    Error,

    /// <summary>The rule's name starts with <c>todo_test_</c>: it was not run.</summary>
    Skipped,
}

/// <summary>One rule whose name starts with <c>test_</c>.</summary>
/// <param name="Name">The rule's full name.</param>
/// <param name="File">The module in which it stands.</param>
/// <param name="Row">Its row.</param>
/// <param name="Outcome">How it went.</param>
/// <param name="Reason">What the error was; null without one.</param>
public sealed record RegoTestResult(string Name, string File, int Row, RegoTestOutcome Outcome, string? Reason)
{
    /// <summary>How long it ran.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What it printed.</summary>
    public IReadOnlyList<string> Output { get; init; } = [];
}

/// <summary>Runs the tests that policies hold about themselves.</summary>
public static class RegoTestRun
{
    /// <summary>Evaluates every complete rule whose last name starts with <c>test_</c>, without input, in order of file and row.</summary>
    /// <param name="policy">Modules and their tests, compiled together.</param>
    /// <param name="data">Facts for all tests; null for none.</param>
    /// <param name="options">Limits, clock and the rest.</param>
    /// <param name="isWanted">Picks tests by their full name; null for all.</param>
    public static IReadOnlyList<RegoTestResult> Run(CompiledPolicy policy, RegoObject? data = null, EvaluationOptions? options = null, Func<string, bool>? isWanted = null)
    {
        var results = new List<RegoTestResult>();
        foreach (var document in policy.Program.Documents)
        {
            if (document.Kind != DocumentKind.Complete || document.Node.Key is not RegoString { Text: var name }) continue;
            var isSkipped = name.StartsWith("todo_test_", StringComparison.Ordinal);
            if (!isSkipped && !name.StartsWith("test_", StringComparison.Ordinal)) continue;
            if (isWanted?.Invoke(document.Node.PathText()) == false) continue;
            results.Add(RunOne(policy, document, data, options ?? EvaluationOptions.Default, isSkipped));
        }

        return [.. results.OrderBy(static r => r.File, StringComparer.Ordinal).ThenBy(static r => r.Row)];
    }

    private static RegoTestResult RunOne(CompiledPolicy policy, Document document, RegoObject? data, EvaluationOptions options, bool isSkipped)
    {
        var place = document.Node.Rules[0].Location;
        var result = new RegoTestResult(document.Node.PathText(), place.File, place.Row, RegoTestOutcome.Skipped, null);
        if (isSkipped) return result;
        var output = new List<string>();
        var start = options.Time.GetTimestamp();
        RegoTestOutcome outcome;
        string? reason = null;
        try
        {
            var value = new EntryPoint(policy, document.Path).Evaluate(null, data, options with { OnPrint = options.OnPrint ?? output.Add });
            outcome = value.IsTrue ? RegoTestOutcome.Passed : RegoTestOutcome.Failed;
        }
        catch (RegoEvaluationException error)
        {
            (outcome, reason) = (RegoTestOutcome.Error, error.Message);
        }

        return result with { Outcome = outcome, Reason = reason, Duration = options.Time.GetElapsedTime(start), Output = output };
    }
}
