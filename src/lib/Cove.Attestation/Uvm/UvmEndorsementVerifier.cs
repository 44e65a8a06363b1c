using System.Globalization;
using Cove.Formats.Cose;
using Cove.Formats.Der;
using Cove.Formats.Did;
using Cove.Outcomes;

namespace Cove.Attestation.Uvm;

/// <summary>Whether a UVM endorsement is by an issuer that is accepted, and of the measurement that a report carries.</summary>
/// <param name="issuers">Who may endorse; nobody when empty.</param>
/// <param name="ledgers">Whose receipts are believed. Where there are any, an endorsement that carries receipts must have one that holds.</param>
public sealed class UvmEndorsementVerifier(IReadOnlyList<UvmIssuer> issuers, IReadOnlyList<TransparencyLedger> ledgers)
{
    private const string Section = "UVM endorsements";
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>A verifier that knows no ledger, and so leaves receipts aside.</summary>
    public UvmEndorsementVerifier(IReadOnlyList<UvmIssuer> issuers)
        : this(issuers, [])
    {
    }

    /// <summary>Verifies an endorsement.</summary>
    /// <param name="endorsement">The endorsement.</param>
    /// <param name="measurement">The reported launch measurement.</param>
    /// <param name="time">Now. The signer's certificates live for a year and endorsements for many, so the chain is checked as of the time of signing.</param>
    /// <returns>The verified endorsement, or every reason why it is not accepted.</returns>
    /// <exception cref="MalformedException">Its issuer is no <c>did:x509</c>, or a certificate's extension cannot be read.</exception>
    public Verdict<VerifiedUvmEndorsement> Verify(UvmEndorsement endorsement, ReadOnlySpan<byte> measurement, DateTimeOffset time)
    {
        var signedAt = endorsement.SignedAt ?? time;
        var findings = CertificatePath.Verify(endorsement.Certificates, signedAt);
        if (signedAt > time + ClockSkew) findings.Add(new("endorsement-not-yet-valid", "signingtime", $"no later than {time:u}", $"{signedAt:u}", Section));
        if (endorsement.Certificates.Count == 0 || !endorsement.Message.IsSignedBy(endorsement.Certificates[0].SubjectPublicKeyInfo.Span))
            findings.Add(new("endorsement-signature-invalid", "signature", "a signature by the first certificate's key, with an accepted algorithm", "another", "RFC 9052 4.4"));
        findings.AddRange(DidX509.Parse(endorsement.Issuer).Match(endorsement.Certificates));
        CheckIssuer(endorsement, findings);
        CheckReceipts(endorsement, findings);
        if (!endorsement.Measurement.Span.SequenceEqual(measurement))
            findings.Add(new("endorsement-of-another-guest", "MEASUREMENT", Convert.ToHexStringLower(endorsement.Measurement.Span), Convert.ToHexStringLower(measurement), Section));
        return findings.Count > 0 ? findings : new VerifiedUvmEndorsement(endorsement);
    }

    private void CheckReceipts(UvmEndorsement endorsement, List<Finding> findings)
    {
        var receipts = endorsement.Receipts();
        var required = issuers.Any(issuer => issuer.RequireReceipt && issuer.Did == endorsement.Issuer && issuer.Feed == endorsement.Feed);
        if (receipts.Count == 0 && required) findings.Add(new("receipt-missing", "receipts", "a receipt of a known ledger", "none", Section));
        if (receipts.Count == 0 || (ledgers.Count == 0 && !required)) return;
        List<Finding> refused = [];
        foreach (var receipt in receipts)
        {
            var reasons = TransparencyReceipt.Parse(receipt).Verify(endorsement.Message, ledgers);
            if (reasons.Count == 0) return;
            refused.AddRange(reasons);
        }

        findings.AddRange(refused);
    }

    private void CheckIssuer(UvmEndorsement endorsement, List<Finding> findings)
    {
        if (issuers.FirstOrDefault(issuer => issuer.Did == endorsement.Issuer && issuer.Feed == endorsement.Feed) is not { } accepted)
            findings.Add(new("endorsement-issuer-not-accepted", "iss, feed", string.Join(" or ", issuers.Select(issuer => $"{issuer.Did} for {issuer.Feed}")), $"{endorsement.Issuer} for {endorsement.Feed}", Section));
        else if (endorsement.Svn < accepted.MinimumSvn)
            findings.Add(new("endorsement-svn-below-minimum", "svn", string.Create(CultureInfo.InvariantCulture, $"at least {accepted.MinimumSvn}"), endorsement.Svn.ToString(CultureInfo.InvariantCulture), Section));
    }
}
