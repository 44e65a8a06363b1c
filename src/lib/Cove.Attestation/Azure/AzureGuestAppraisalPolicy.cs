using Cove.Outcomes;

namespace Cove.Attestation.Azure;

/// <summary>
/// What a relying party accepts of Azure confidential VMs, beside what it accepts of their hardware. Everything that is not said is refused,
/// except for PCRs without an entry, which say nothing to it.
/// </summary>
public sealed record AzureGuestAppraisalPolicy
{
    private const string Section = "Azure confidential VM guest attestation";

    /// <summary>Accepted nonces: without the one that the relying party chose, a quote may be from any time since the VM started.</summary>
    public ReferenceValues Nonce { get; init; } = ReferenceValues.None;

    /// <summary>Accepted values of PCRs (SHA-256, 32 bytes each) by number. A PCR with an entry must be quoted.</summary>
    public IReadOnlyDictionary<int, ReferenceValues> Pcrs { get; init; } = new Dictionary<int, ReferenceValues>();

    /// <summary>Whether the VM may run without secure boot.</summary>
    public bool PermitInsecureBoot { get; init; }

    internal List<Finding> Appraise(VerifiedAzureGuestEvidence evidence)
    {
        List<Finding> findings = [];
        if (!Nonce.Accept(evidence.Nonce.Span)) findings.Add(new("nonce-not-accepted", "extraData", Nonce.ToString(), Convert.ToHexStringLower(evidence.Nonce.Span), Section));
        if (!evidence.Report.SecureBoot && !PermitInsecureBoot) findings.Add(new("secure-boot-off", "secure-boot", "true", "false", Section));
        foreach (var (index, accepted) in Pcrs.OrderBy(pcr => pcr.Key))
        {
            if (!evidence.Pcrs.TryGetValue(index, out var value)) findings.Add(new("pcr-not-quoted", $"PCR {index}", accepted.ToString(), "not quoted", Section));
            else if (!accepted.Accept(value.Span)) findings.Add(new("pcr-not-accepted", $"PCR {index}", accepted.ToString(), Convert.ToHexStringLower(value.Span), Section));
        }

        return findings;
    }
}
