using Cove.Outcomes;

namespace Cove.Runtime.Launch;

/// <summary>The guest's policy denied a step of the launch.</summary>
internal sealed class DeniedException(string what, IReadOnlyList<Finding> findings) : Exception($"the policy denied {what}")
{
    public IReadOnlyList<Finding> Findings { get; } = findings;
}
