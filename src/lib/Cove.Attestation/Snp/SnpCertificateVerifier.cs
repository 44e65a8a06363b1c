using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>Whether an endorsement key's certificate is genuine, before there is a report that it signed.</summary>
/// <param name="anchors">The roots that are trusted.</param>
public sealed class SnpCertificateVerifier(SnpTrustAnchors anchors)
{
    private readonly SnpChainVerifier chains = new(anchors);

    /// <summary>Verifies the chain of a VCEK or VLEK as of a given instant.</summary>
    /// <param name="collateral">Endorsement key, issuer and root, in any order; one endorsement key. Revocation lists of the root, where there are any.</param>
    /// <param name="time">When they must be valid.</param>
    /// <returns>The endorsement key's certificate, or every reason why it is not genuine.</returns>
    /// <exception cref="MalformedException">What AMD puts into the endorsement key's certificate cannot be read.</exception>
    public Verdict<EndorsementKeyCertificate> Verify(Collateral collateral, DateTimeOffset time)
    {
        var certificates = collateral.Certificates;
        var kind = certificates.Any(certificate => certificate.Subject.CommonName == "SEV-VLEK") ? SigningKey.Vlek : SigningKey.Vcek;
        if (!SnpChain.Pick(certificates, kind).IsAccepted(out var chain, out var incomplete)) return new Verdict<EndorsementKeyCertificate>.Rejected(incomplete);
        var findings = chains.Verify(chain, time, out _);
        chains.CheckRevocation(chain, collateral.RevocationLists, time, findings);
        return findings.Count > 0 ? findings : chain.EndorsementKey;
    }
}
