using Cove.Attestation;
using Cove.Attestation.Dcap;
using Cove.Outcomes;

namespace Cove.AttestationService.Collaterals;

/// <summary>
/// Finds what quotes are verified with, and did not bring themselves: in the operator's folder, and where it has nothing (any more) from a service.
/// The verifier judges all of it, so nothing here needs to be trusted.
/// </summary>
/// <param name="folder">The operator's folder; null where there is none.</param>
/// <param name="client">Asks a service, and remembers its answers; null where none is asked.</param>
internal sealed class CollateralSource(CollateralFolder? folder, PcsClient? client)
{
    private static readonly string[] Missed = ["collateral-missing", "collateral-expired", "crl-expired", "certificate-expired"];

    /// <summary>What is here for this evidence; <see cref="Collateral.None"/> where there is nothing, and then the verifier says what is missing.</summary>
    public Collateral Find(Evidence evidence)
    {
        if (folder is null || QuoteOf(evidence) is not { } quote || quote.Certificates().FirstOrDefault(PckCertificate.IsOne) is not { } certificate) return Collateral.None;
        return folder.Find(quote.Tee, PckCertificate.Parse(certificate)) is { } found ? Collateral.None with { Dcap = found } : Collateral.None;
    }

    /// <summary>
    /// Asks the service, if all that evidence lacks is collateral: who has no genuine platform cannot make this service ask others.
    /// </summary>
    /// <returns>What came; null where the service is not to be asked.</returns>
    /// <exception cref="UnavailableException">It has none, or does not answer.</exception>
    public async Task<Collateral?> FetchAsync(Evidence evidence, IReadOnlyList<Finding> findings, CancellationToken cancellation)
    {
        if (client is null || QuoteOf(evidence) is not { } quote || findings.Any(finding => !Missed.Contains(finding.Code, StringComparer.Ordinal))) return null;
        return Collateral.None with { Dcap = await client.FetchAsync(quote, cancellation) };
    }

    private static Quote? QuoteOf(Evidence evidence) => evidence switch
    {
        QuoteEvidence quote => quote.Quote,
        AzureGuestEvidence { Hardware: QuoteEvidence quote } => quote.Quote,
        _ => null,
    };
}
