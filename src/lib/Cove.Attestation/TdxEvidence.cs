using Cove.Attestation.Dcap;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>Evidence of a TDX trust domain. Its <see cref="Evidence.InitTimeData"/> is bound through MRCONFIGID.</summary>
public sealed record TdxEvidence : QuoteEvidence
{
    /// <summary>Takes a quote about a trust domain.</summary>
    /// <exception cref="MalformedException">It is about an enclave.</exception>
    public TdxEvidence(Quote quote)
        : base(quote)
    {
        if (quote.Td is null) throw new MalformedException("TDX quote", "TEE type", $"is {quote.Tee}, expected Tdx", 4);
    }

    /// <summary>Parses a quote about a trust domain.</summary>
    /// <exception cref="MalformedException">It is not one.</exception>
    public static new TdxEvidence Parse(ReadOnlySpan<byte> quote) => new(Quote.Parse(quote));
}
