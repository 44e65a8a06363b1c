namespace Cove.Policy.Enforcement;

/// <summary>A question could not be put to the policy, or its answer is none. Always a denial.</summary>
internal sealed class EnforcementException(string problem, Exception? inner = null) : Exception(problem, inner);
