using Cove.Outcomes;

namespace Cove.Policy.Enforcement;

/// <summary>Why a policy denied a request: for tools the reference's object, for the owner findings. Neither holds the value of a variable.</summary>
public sealed record PolicyDenial
{
    /// <summary>The question that was asked, e.g. <c>create_container</c>.</summary>
    public required string Point { get; init; }

    /// <summary>The reasons in the framework's sentences, sorted; empty where it gives none (spec §2.8).</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>The error, where the policy could not be asked or its answer was none; null otherwise.</summary>
    public string? PolicyError { get; init; }

    /// <summary>Which container and which field did not match: the nearest candidate first. Never empty.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>
    /// The denial as the reference's tools know it: <c>policyDecision&lt; BASE64 &gt;policyDecision</c> around a JSON object, at most
    /// <see cref="DenialObject.MaxBytes"/> bytes, values redacted (spec §2.3).
    /// </summary>
    public required string Message { get; init; }
}
