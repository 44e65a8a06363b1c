namespace Cove.Rego.Conformance;

/// <summary>How one case went.</summary>
/// <param name="Suite">The suite's name.</param>
/// <param name="Id">The case's id, unique among all suites.</param>
/// <param name="Note">What the case is about.</param>
/// <param name="Reason">Why it failed; null when it passed.</param>
public sealed record ConformanceOutcome(string Suite, string Id, string Note, string? Reason)
{
    /// <summary>True when it passed.</summary>
    public bool Passed => Reason is null;
}
