using Cove.Attestation;
using Cove.Attestation.Dcap;

namespace Cove.AttestationService.Collaterals;

/// <summary>Finds what evidence is verified with, and did not bring itself. The verifier judges all of it, so nothing here needs to be trusted.</summary>
internal sealed class CollateralSource(CollateralFolder? folder)
{
    /// <summary>The collateral for this evidence; <see cref="Collateral.None"/> where there is none, and then the verifier says what is missing.</summary>
    public Task<Collateral> FindAsync(Evidence evidence, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(evidence is QuoteEvidence quote ? Find(quote.Quote) : Collateral.None);
    }

    private Collateral Find(Quote quote)
    {
        if (folder is null || quote.Certificates().FirstOrDefault(PckCertificate.IsOne) is not { } certificate) return Collateral.None;
        return folder.Find(quote.Tee, PckCertificate.Parse(certificate)) is { } found ? Collateral.None with { Dcap = found } : Collateral.None;
    }
}
