using Cove.Policy.Explanation;
using Cove.Policy.Simulation;
using Cove.Rego.Values;

namespace Cove.Tests.Simulation;

/// <summary>Enforcement calls that the reference framework decided: ours decides each of them alike.</summary>
public sealed class FrameworkScenarioTests
{
    private static readonly Lazy<IReadOnlyList<RegoObject>> Recording = new(() =>
        PolicySimulator.Scenarios(File.ReadAllBytes(Vectors.Path("policy", "framework-decisions.json"))));

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, 44)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Every_step_of_a_scenario_comes_out_as_recorded(int number)
    {
        Assert.Equal(44, Recording.Value.Count);
        var report = PolicySimulator.Replay(Recording.Value[number]);
        Assert.True(report.Differ == 0, $"{PolicyReader.Text(Recording.Value[number]["name"])}:\n{string.Join('\n', report.Differences)}");
        Assert.True(report.Agree > 0);
    }

    [Fact]
    public void A_recording_with_one_altered_expectation_differs_there_and_nowhere_else()
    {
        var scenario = Recording.Value.First(scenario => PolicyReader.Text(scenario["name"]) == "create:command");
        var text = scenario.ToJson().Replace("invalid command", "invalid commands", StringComparison.Ordinal);
        var report = PolicySimulator.Replay(System.Text.Encoding.UTF8.GetBytes($"[{text}]"));
        var difference = Assert.Single(report.Differences);
        Assert.Equal(("create:command", 3, "create_container"), (difference.Scenario, difference.Step, difference.Point));
        Assert.Equal(3, report.Agree);
    }
}
