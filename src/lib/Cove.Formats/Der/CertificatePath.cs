using Cove.Outcomes;

namespace Cove.Formats.Der;

/// <summary>
/// Verifies a whole chain, leaf first and root last, each link by its issuer's key (RFC 5280 6.1 without revocation and policies). Whether
/// the root is to be trusted is the caller's question.
/// </summary>
public static class CertificatePath
{
    private const string Section = "RFC 5280 6.1";

    // keyUsage, subjectAltName, basicConstraints, extendedKeyUsage: read here or by whoever asked for the leaf.
    private static readonly string[] Understood = ["2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.37"];

    /// <summary>Every reason why the chain does not hold at this time; none when it does. A chain has at least one certificate, and its last is self-signed.</summary>
    public static List<Finding> Verify(IReadOnlyList<Certificate> chain, DateTimeOffset time)
    {
        var findings = VerifyLinks(chain);
        foreach (var certificate in chain) CheckDates(certificate, time, findings);
        return findings;
    }

    /// <summary>
    /// Every reason why the chain does not hold at any time. That does not change, so who verifies the same chain again and again may
    /// remember it, and must then <see cref="CheckDates"/> each time.
    /// </summary>
    public static List<Finding> VerifyLinks(IReadOnlyList<Certificate> chain)
    {
        List<Finding> findings = [];
        if (chain.Count == 0) findings.Add(new("certificate-chain-incomplete", "chain", "at least one certificate", "none", Section));
        for (var i = 0; i < chain.Count; i++)
        {
            var certificate = chain[i];
            var issuer = i + 1 < chain.Count ? chain[i + 1] : certificate;
            var name = certificate.Subject.CommonName;
            if (!certificate.Issuer.Is(issuer.Subject) || !certificate.IsSignedBy(issuer))
                findings.Add(new("certificate-signature-invalid", name, $"a signature by {issuer.Subject.CommonName}", "another signature", Section));
            // The certificates between this one and the leaf, not counting the leaf, are what pathLenConstraint limits.
            if (i > 0 && (!certificate.IsAuthority || !certificate.MaySignCertificates || certificate.PathLength < i - 1))
                findings.Add(new("certificate-not-an-authority", name, "a CA certificate that may sign the ones below it", "one that may not", Section));
            foreach (var extension in certificate.Extensions)
            {
                if (extension.Critical && !Understood.Contains(extension.Oid, StringComparer.Ordinal))
                    findings.Add(new("certificate-extension-unknown", name, "no critical extension that is not understood", extension.Oid, Section));
            }
        }

        return findings;
    }

    /// <summary>Adds a finding where the certificate is not valid at this time.</summary>
    public static void CheckDates(Certificate certificate, DateTimeOffset time, List<Finding> findings)
    {
        var name = certificate.Subject.CommonName;
        if (time < certificate.NotBefore)
            findings.Add(new("certificate-not-yet-valid", name, $"valid from {certificate.NotBefore:u}", $"{time:u}", Section));
        if (time > certificate.NotAfter)
            findings.Add(new("certificate-expired", name, $"valid until {certificate.NotAfter:u}", $"{time:u}", Section));
    }
}
