using Cove.Outcomes;

namespace Cove.Formats.Der;

/// <summary>What a revocation list says at a given time (RFC 5280 6.3), for a verifier that was given the lists it needs.</summary>
public static class Revocation
{
    private const string Section = "RFC 5280 6.3";

    /// <summary>
    /// Every reason why the list says nothing about <paramref name="issuer"/>'s certificates at this time; none when it holds. The issuer's
    /// own chain is the caller's to verify.
    /// </summary>
    public static List<Finding> Verify(CertificateRevocationList list, Certificate issuer, DateTimeOffset time)
    {
        var findings = VerifySignature(list, issuer);
        CheckDates(list, time, findings);
        return findings;
    }

    /// <summary>
    /// Every reason why the list is not <paramref name="issuer"/>'s. That does not change, so it may be remembered; <see cref="CheckDates"/>
    /// is then due each time.
    /// </summary>
    public static List<Finding> VerifySignature(CertificateRevocationList list, Certificate issuer) =>
        list.Issuer.Is(issuer.Subject) && issuer.MaySignRevocationLists && list.IsSignedBy(issuer)
            ? []
            : [new("crl-signature-invalid", $"CRL of {list.Issuer.CommonName}", $"a list signed by {issuer.Subject.CommonName}", "another signature", Section)];

    /// <summary>Adds a finding where the list is not of this time.</summary>
    public static void CheckDates(CertificateRevocationList list, DateTimeOffset time, List<Finding> findings)
    {
        var name = $"CRL of {list.Issuer.CommonName}";
        if (time < list.ThisUpdate) findings.Add(new("crl-not-yet-valid", name, $"issued {list.ThisUpdate:u}", $"{time:u}", Section));
        if (time > list.NextUpdate) findings.Add(new("crl-expired", name, $"next update {list.NextUpdate:u}", $"{time:u}", Section));
    }

    /// <summary>Adds a finding where the list revokes the certificate. The list must be of the certificate's own issuer.</summary>
    /// <exception cref="ArgumentException">It is not: what it says would be about other certificates.</exception>
    public static void Check(CertificateRevocationList list, Certificate certificate, List<Finding> findings)
    {
        if (!list.Issuer.Is(certificate.Issuer)) throw new ArgumentException("the list is another issuer's", nameof(list));
        if (list.Lists(certificate))
            findings.Add(new(
                "certificate-revoked", certificate.Subject.CommonName, "a serial number that is not revoked", Convert.ToHexStringLower(certificate.SerialNumber.Span), Section));
    }
}
