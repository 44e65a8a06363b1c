using Cove.Attestation.Tokens.Ear;

namespace Cove.Attestation.Claims;

/// <summary>
/// What an appraisal asserts about an attester. Only <see cref="AppraisalPolicy.Appraise"/> makes one, so every claim in it comes
/// from verified evidence that was acceptable.
/// </summary>
public sealed class ClaimSet
{
    internal ClaimSet(IReadOnlyDictionary<string, ClaimValue> claims, EarAppraisal appraisal)
    {
        Claims = new SortedDictionary<string, ClaimValue>(claims.ToDictionary(), StringComparer.Ordinal);
        Appraisal = appraisal;
    }

    /// <summary>How long a token of these claims is to be valid, where the policy says so.</summary>
    public TimeSpan? Lifetime { get; internal init; }

    /// <summary>Names with their values, in ordinal order of the names.</summary>
    public IReadOnlyDictionary<string, ClaimValue> Claims { get; }

    /// <summary>How far the appraisal trusts the attester, aspect by aspect.</summary>
    public TrustworthinessVector Trustworthiness => Appraisal.Vector;

    internal EarAppraisal Appraisal { get; }
}
