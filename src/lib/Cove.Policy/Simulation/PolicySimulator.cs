using Cove.Outcomes;
using Cove.Policy.Enforcement;
using Cove.Policy.Explanation;
using Cove.Policy.Fragments;
using Cove.Rego.Values;

namespace Cove.Policy.Simulation;

/// <summary>
/// Replays recorded enforcement calls against their policies and compares. A recording is a JSON array of scenarios: <c>name</c>, <c>os</c>,
/// <c>policy</c>, <c>data</c>,
/// and <c>steps</c> of <c>point</c>, <c>input</c>, <c>expect</c> and, to load a fragment, <c>fragment_rego</c>.
/// </summary>
public static class PolicySimulator
{
    /// <summary>Largest recording, in bytes.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    private const string Format = "recording";

    /// <summary>Replays every scenario of a recording.</summary>
    /// <exception cref="MalformedException">Not a recording.</exception>
    public static SimulationReport Replay(ReadOnlySpan<byte> recording, CancellationToken cancellation = default)
    {
        var agree = 0;
        var differences = new List<SimulationDifference>();
        foreach (var scenario in Scenarios(recording))
        {
            cancellation.ThrowIfCancellationRequested();
            var report = Replay(scenario);
            agree += report.Agree;
            differences.AddRange(report.Differences);
        }

        return new SimulationReport(agree, differences);
    }

    /// <summary>The scenarios of a recording.</summary>
    /// <exception cref="MalformedException">Not a recording.</exception>
    internal static IReadOnlyList<RegoObject> Scenarios(ReadOnlySpan<byte> recording)
    {
        if (recording.Length > MaxBytes) throw new MalformedException(Format, "document", $"is {recording.Length} bytes, at most {MaxBytes}");
        try
        {
            var root = RegoValue.FromJson(recording);
            return root switch
            {
                RegoArray list when list.AsSpan().ToArray().All(item => item is RegoObject) => [.. list.AsSpan().ToArray().Cast<RegoObject>()],
                RegoObject one when one["scenarios"] is RegoArray inner => [.. PolicyReader.Objects(inner)],
                RegoObject one => [one],
                _ => throw new MalformedException(Format, "document", "is not an array of scenarios"),
            };
        }
        catch (RegoJsonException e)
        {
            throw new MalformedException(Format, "document", $"is not JSON: {e.Message}", e.Offset, e);
        }
    }

    /// <summary>Replays one scenario.</summary>
    internal static SimulationReport Replay(RegoObject scenario)
    {
        var name = PolicyReader.Text(scenario["name"]) ?? "unnamed";
        var policy = PolicyReader.Text(scenario["policy"]) ?? throw new MalformedException(Format, $"{name}.policy", "is missing or not a string");
        if (scenario["steps"] is not RegoArray steps) throw new MalformedException(Format, $"{name}.steps", "is missing or not an array");

        EnforcementEngine? engine = null;
        var compileError = "";
        try
        {
            engine = new EnforcementEngine(policy, scenario["data"] as RegoObject ?? PolicyData.Create([]), PolicyReader.Text(scenario["os"]) ?? "linux");
        }
        catch (EnforcementException e)
        {
            compileError = e.Message;
        }

        var agree = 0;
        var differences = new List<SimulationDifference>();
        foreach (var (step, i) in steps.AsSpan().ToArray().Select((step, i) => (step as RegoObject ?? RegoObject.Empty, i)))
        {
            var point = PolicyReader.Text(step["point"])
                ?? throw new MalformedException(Format, $"{name}.steps[{i}].point", "is missing or not a string");
            var expected = step["expect"] as RegoObject
                ?? throw new MalformedException(Format, $"{name}.steps[{i}].expect", "is missing or not an object");
            var actual = engine is null ? Error(compileError) : point == "compile" ? RegoObject.Of(("compiled", RegoValue.True)) : Run(engine, point, step);
            if (Agrees(expected, actual)) agree++;
            else differences.Add(new SimulationDifference(name, i, point, PolicyReader.Text(step["note"]), expected.ToJson(), actual.ToJson()));
        }

        return new SimulationReport(agree, differences);
    }

    private static RegoObject Run(EnforcementEngine engine, string point, RegoObject step)
    {
        var input = step["input"] as RegoObject ?? RegoObject.Empty;
        if (point != "load_fragment" || PolicyReader.Text(step["fragment_rego"]) is not { } text) return Described(engine.Ask(point, input));
        var statement = new FragmentStatement(
            PolicyReader.Text(input["issuer"]) ?? "",
            PolicyReader.Text(input["feed"]) ?? "",
            PolicyReader.Flag(input["has_header_svn"]) && long.TryParse((input["header_svn"] as RegoNumber)?.Text, out var svn) ? svn : null)
        {
            Receipts = input["receipts"] as RegoArray ?? RegoArray.Empty,
        };
        var outcome = FragmentLoader.Load(engine, statement, text);
        var described = RegoObject.Of(("phase1", Described(outcome.Statement)));
        return outcome.Modules.Count == 0 ? described : described.With("phase2", RegoArray.Of([.. outcome.Modules.Select(Described)]));
    }

    private static RegoObject Described(Ruling ruling) => ruling switch
    {
        Ruling.Allowed allowed => RegoObject.Of(("allowed", RegoValue.True), ("result", allowed.Answer)),
        Ruling.Denied denied => RegoObject.Of(("allowed", RegoValue.False), ("errors", ToRego.Texts(denied.Errors))),
        _ => Error(((Ruling.Failed)ruling).Error),
    };

    private static RegoObject Error(string error) => RegoObject.Of(("error", RegoValue.Of(error)));

    // Of an error only that it is one is compared, of a denial its sentences, of an allowance what is allowed.
    private static bool Agrees(RegoObject expected, RegoObject actual)
    {
        if (expected["error"] is not null) return actual["error"] is not null;
        if (expected["phase1"] is RegoObject first)
        {
            if (actual["phase1"] is not RegoObject actualFirst || !Agrees(first, actualFirst)) return false;
            var (then, actualThen) = (PolicyReader.Objects(expected["phase2"]).ToList(), PolicyReader.Objects(actual["phase2"]).ToList());
            return then.Count == actualThen.Count && then.Zip(actualThen).All(pair => Agrees(pair.First, pair.Second));
        }

        if (expected["allowed"] != actual["allowed"]) return false;
        if (expected["errors"] is { } errors && Unordered(errors).ToJson() != Unordered(actual["errors"] ?? RegoArray.Empty).ToJson()) return false;
        return expected["result"] is not { } result || Unordered(result).ToJson() == Unordered(actual["result"] ?? RegoObject.Empty).ToJson();
    }

    // The reference returns lists of variables and capabilities in no particular order.
    private static RegoValue Unordered(RegoValue value) => value switch
    {
        RegoArray array => RegoArray.Of([.. array.AsSpan().ToArray().Select(Unordered).Order()]),
        RegoSet set => RegoArray.Of([.. set.AsSpan().ToArray().Select(Unordered).Order()]),
        RegoObject obj => obj.Entries().Aggregate(RegoObject.Empty, (sorted, entry) => sorted.With(((RegoString)entry.Key).Value, Unordered(entry.Value))),
        _ => value,
    };
}
