using System.Collections.Concurrent;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>
/// Decides whether evidence is genuine: made by a processor under a trusted root, unaltered, and bound to the data that came with
/// it. Chains that were verified once are remembered (their dates are checked every time), so one verifier serves a whole process;
/// it is safe for concurrent use.
/// </summary>
/// <param name="anchors">Whom to trust.</param>
public sealed class EvidenceVerifier(TrustAnchors anchors)
{
    private readonly ConcurrentDictionary<Type, object> kinds = new();

    /// <summary>A verifier that trusts the vendors' own roots, and nothing else.</summary>
    public EvidenceVerifier()
        : this(TrustAnchors.Vendors)
    {
    }

    /// <summary>Verifies evidence as of a given instant. Nothing is fetched and no machine store is read.</summary>
    /// <param name="evidence">The evidence.</param>
    /// <param name="collateral">Certificates and the like that the evidence did not bring.</param>
    /// <param name="time">The instant for which certificates must be valid.</param>
    /// <returns>The verified evidence, or every reason why it is not genuine.</returns>
    /// <exception cref="MalformedException">A report or certificate has not the layout it must have.</exception>
    public Verdict<VerifiedEvidence> Verify(Evidence evidence, Collateral collateral, DateTimeOffset time) => evidence.VerifyBy(this, collateral, time);

    /// <summary>The verifier of one kind of evidence, made when the first of that kind comes, with the chains that it remembers.</summary>
    internal T Of<T>(Func<TrustAnchors, T> make)
        where T : class =>
        (T)kinds.GetOrAdd(typeof(T), static (_, given) => given.Make(given.Anchors), (Make: make, Anchors: anchors));
}
