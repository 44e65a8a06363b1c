using Cove.Attestation.Dcap;
using Cove.Outcomes;

namespace Cove.Attestation;

/// <summary>Evidence of an SGX enclave. Its <see cref="Evidence.InitTimeData"/> is bound through CONFIGID.</summary>
public sealed record SgxEvidence : QuoteEvidence
{
    /// <summary>Takes a quote about an enclave.</summary>
    /// <exception cref="MalformedException">It is about a trust domain.</exception>
    public SgxEvidence(Quote quote)
        : base(quote)
    {
        if (quote.Sgx is null) throw new MalformedException("SGX quote", "TEE type", $"is {quote.Tee}, expected Sgx", 4);
    }

    /// <summary>Parses a quote about an enclave.</summary>
    /// <exception cref="MalformedException">It is not one.</exception>
    public static new SgxEvidence Parse(ReadOnlySpan<byte> quote) => new(Quote.Parse(quote));
}
