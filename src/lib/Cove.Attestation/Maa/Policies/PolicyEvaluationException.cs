namespace Cove.Attestation.Maa.Policies;

/// <summary>A policy cannot be evaluated on these claims. Becomes a finding; never leaves the evaluation.</summary>
internal sealed class PolicyEvaluationException(string problem) : Exception(problem);
