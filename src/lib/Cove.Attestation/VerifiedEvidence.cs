using Cove.Attestation.Claims;
using Cove.Attestation.Tokens.Ear;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>
/// Evidence that is genuine: its signature, its chain and its bindings hold. Only <see cref="EvidenceVerifier"/> makes one.
/// Whether it is also acceptable is for an <see cref="AppraisalPolicy"/> to say.
/// </summary>
public abstract record VerifiedEvidence
{
    private protected VerifiedEvidence()
    {
    }

    /// <summary>True when the trust root is a simulated processor's: genuine, but nothing was protected by hardware.</summary>
    public abstract bool IsSimulated { get; }

    /// <summary>The instant for which dates were checked.</summary>
    public required DateTimeOffset VerifiedAt { get; init; }

    /// <summary>The runtime data, proven to be what REPORT_DATA binds; null where none was given.</summary>
    public RuntimeData? RuntimeData { get; init; }

    /// <summary>The init-time data, proven to be what was bound at launch; null where none was given.</summary>
    public RuntimeData? InitTimeData { get; init; }

    /// <summary>Has this kind's own part of the policy decide, and makes the claims.</summary>
    internal abstract Verdict<ClaimSet> AppraiseBy(AppraisalPolicy policy);

    /// <summary>The same as a relying party that reads EAR wants it: how trustworthy, and the facts in the names agreed for them.</summary>
    internal abstract EarAppraisal ToAttestationResult();
}
