using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>How up to date a relying party wants platforms to be. A status that is not named is refused.</summary>
public sealed record TcbRequirements
{
    /// <summary>Only platforms that lack nothing.</summary>
    public static TcbRequirements UpToDate { get; } = new() { AcceptedStatuses = [TcbStatus.UpToDate] };

    /// <summary>Statuses that are accepted. <see cref="TcbStatus.Revoked"/> never is, whoever names it.</summary>
    public IReadOnlyList<TcbStatus> AcceptedStatuses { get; init; } = [];

    /// <summary>Advisories that are not accepted whatever the status, by their id.</summary>
    public IReadOnlyList<string> RefusedAdvisories { get; init; } = [];

    /// <summary>Lowest TCB evaluation data number, which tells how recent Intel's judgement must be.</summary>
    public int MinimumEvaluationDataNumber { get; init; }

    /// <summary>Earliest date of the platform's TCB level; null for no such limit.</summary>
    public DateTimeOffset? MinimumTcbDate { get; init; }

    internal void Appraise(TcbEvaluation tcb, List<Finding> findings)
    {
        if (tcb.Status == TcbStatus.Revoked || !AcceptedStatuses.Contains(tcb.Status))
        {
            var expected = AcceptedStatuses.Count == 0 ? "none (no status was accepted)" : string.Join(" or ", AcceptedStatuses);
            var advisories = tcb.Advisories.Count == 0 ? "" : $" ({string.Join(", ", tcb.Advisories)})";
            findings.Add(new("tcb-status-not-accepted", "tcbStatus", expected, $"{tcb.Status}{advisories}", DcapSections.Tcb));
        }

        foreach (var advisory in tcb.Advisories.Where(advisory => RefusedAdvisories.Contains(advisory, StringComparer.OrdinalIgnoreCase)))
            findings.Add(new("tcb-advisory-not-accepted", "advisoryIDs", $"not {advisory}", advisory, DcapSections.Tcb));
        if (tcb.EvaluationDataNumber < MinimumEvaluationDataNumber)
            findings.Add(new(
                "tcb-evaluation-too-old", "tcbEvaluationDataNumber", $"at least {MinimumEvaluationDataNumber}", $"{tcb.EvaluationDataNumber}", DcapSections.Tcb));
        if (tcb.TcbDate < MinimumTcbDate)
            findings.Add(new("tcb-too-old", "tcbDate", $"{MinimumTcbDate:u} or later", $"{tcb.TcbDate:u}", DcapSections.Tcb));
    }
}
