using Cove.Attestation.Dcap;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>Evidence that is a quote of Intel's DCAP.</summary>
public abstract record QuoteEvidence : Evidence
{
    private protected QuoteEvidence(Quote quote) => Quote = quote;

    /// <summary>The quote; nothing in it is verified.</summary>
    public Quote Quote { get; }

    /// <summary>Evidence of whatever kind of TEE the quote is about.</summary>
    /// <param name="quote">The quote, without any header of Open Enclave's.</param>
    /// <exception cref="MalformedException">It is not a quote.</exception>
    public static QuoteEvidence Parse(ReadOnlySpan<byte> quote) => Of(Quote.Parse(quote));

    /// <summary>Evidence of whatever kind of TEE the quote is about.</summary>
    public static QuoteEvidence Of(Quote quote) => quote.Tee == QuoteTee.Tdx ? new TdxEvidence(quote) : new SgxEvidence(quote);

    internal sealed override Verdict<VerifiedEvidence> VerifyBy(EvidenceVerifier verifier, Collateral collateral, DateTimeOffset time) =>
        verifier.Of(anchors => new QuoteEvidenceVerifier(anchors.Dcap)).Verify(this, collateral, time);
}
