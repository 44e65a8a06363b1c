using Cove.Outcomes;

namespace Cove.KeyService.Audit;

/// <summary>What happened to a key: who asked for what, and what was decided.</summary>
/// <param name="Operation">For example <c>release</c> or <c>create</c>.</param>
/// <param name="Key">Name and version.</param>
/// <param name="Caller">The caller's subject.</param>
/// <param name="RequestId">The request's <c>x-ms-request-id</c>.</param>
/// <param name="Findings">Why it was denied; empty when it was done.</param>
internal sealed record AuditEntry(string Operation, string Key, string Caller, string RequestId, IReadOnlyList<Finding> Findings)
{
    /// <summary>The issuer of the attestation token, where one was shown.</summary>
    public string? Authority { get; init; }

    /// <summary>True when the attestation was of a simulated processor.</summary>
    public bool Simulated { get; init; }
}
