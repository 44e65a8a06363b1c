namespace Cove.Policy.Simulation;

/// <summary>What replaying recorded enforcement calls came to.</summary>
/// <param name="Agree">Calls that came out as recorded.</param>
/// <param name="Differences">Calls that did not.</param>
public sealed record SimulationReport(int Agree, IReadOnlyList<SimulationDifference> Differences)
{
    /// <summary>How many calls did not come out as recorded.</summary>
    public int Differ => Differences.Count;
}

/// <summary>A call that did not come out as recorded.</summary>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Step">Its number in the scenario, from 0.</param>
/// <param name="Point">What was asked.</param>
/// <param name="Note">What the recording says of the call; null for nothing.</param>
/// <param name="Expected">The recorded outcome, as JSON.</param>
/// <param name="Actual">The outcome here, as JSON.</param>
public sealed record SimulationDifference(string Scenario, int Step, string Point, string? Note, string Expected, string Actual);
