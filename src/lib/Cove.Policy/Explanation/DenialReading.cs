using Cove.Outcomes;

namespace Cove.Policy.Explanation;

/// <summary>A denial of any guest, ours or Azure's, as far as its message tells.</summary>
public sealed record DenialReading
{
    /// <summary>What was asked, e.g. <c>create_container</c>; null where the message was cut too short to tell.</summary>
    public string? Point { get; init; }

    /// <summary>The container that it was about; null where there is none.</summary>
    public string? ContainerId { get; init; }

    /// <summary>The reasons in the framework's sentences.</summary>
    public required IReadOnlyList<string> Errors { get; init; }

    /// <summary>Why the policy could not be asked; null where it was.</summary>
    public string? PolicyError { get; init; }

    /// <summary>A reason that is one text, as policies of one's own give; null for none.</summary>
    public string? Reason { get; init; }

    /// <summary>Which container came nearest and which fields kept it out, where the message holds the candidates.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>The parts that were cut away because the message was too long.</summary>
    public required IReadOnlyList<string> Truncated { get; init; }

    /// <summary>The request as the message has it, JSON; null where it was cut away.</summary>
    public string? Input { get; init; }
}
