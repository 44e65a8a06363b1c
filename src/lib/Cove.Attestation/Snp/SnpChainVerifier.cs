using System.Collections.Concurrent;
using System.Security.Cryptography;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>
/// Verifies endorsement key, issuer and root link by link: no certificate store, no name look-up, no download. Chains whose
/// signatures held are remembered; only genuine ones are, so the memory is bounded by the chips there are and by a limit.
/// </summary>
internal sealed class SnpChainVerifier(SnpTrustAnchors anchors)
{
    private const int MaximumRemembered = 4096;
    private const int MaximumRememberedLists = 64;
    private const string BasicConstraints = "2.5.29.19";
    private const string KeyUsage = "2.5.29.15";
    private readonly ConcurrentDictionary<string, ReportKey> _verified = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _verifiedLists = new(StringComparer.Ordinal);

    /// <summary>Every reason why the chain does not hold at this time; none when it does.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="time">When the certificates must be valid.</param>
    /// <param name="key">The endorsement key; to be relied on only without findings.</param>
    public List<Finding> Verify(SnpChain chain, DateTimeOffset time, out ReportKey key)
    {
        var fingerprint = chain.Fingerprint();
        List<Finding> findings = [];
        if (!_verified.TryGetValue(fingerprint, out var known))
        {
            known = new ReportKey(chain.EndorsementKey.Certificate.SubjectPublicKeyInfo);
            CheckLinks(chain, findings);
            if (findings.Count == 0) Remember(fingerprint, known);
        }

        key = known;

        foreach (var certificate in (ReadOnlySpan<Certificate>)[chain.Root, chain.Issuer, chain.EndorsementKey.Certificate]) CheckDates(certificate, time, findings);
        return findings;
    }

    /// <summary>
    /// Looks for issuer and root in the revocation lists of the root. Endorsement keys themselves are not revoked (all have serial number 0); a
    /// firmware that is no longer trusted shows in their TCB.
    /// </summary>
    /// <returns>Whether a list that holds was there.</returns>
    public bool CheckRevocation(SnpChain chain, IReadOnlyList<CertificateRevocationList> lists, DateTimeOffset time, List<Finding> findings)
    {
        var held = false;
        foreach (var list in lists)
        {
            // AMD publishes one list for the issuers of VCEKs and one for those of VLEKs, both by the root; either may speak of this issuer.
            if (!list.Issuer.Is(chain.Root.Subject)) continue;
            var invalid = VerifyList(list, chain.Root, time);
            findings.AddRange(invalid);
            if (invalid.Count > 0) continue;
            held = true;
            Revocation.Check(list, chain.Issuer, findings);
            Revocation.Check(list, chain.Root, findings);
        }

        return held;
    }

    private List<Finding> VerifyList(CertificateRevocationList list, Certificate root, DateTimeOffset time)
    {
        List<Finding> findings = [];
        var fingerprint = Convert.ToHexString(SHA256.HashData([.. SHA256.HashData(list.Der.Span), .. root.PublicKeyHash()]));
        if (_verifiedLists.ContainsKey(fingerprint))
        {
            Revocation.CheckDates(list, time, findings);
            return findings;
        }

        findings = Revocation.Verify(list, root, time);
        if (findings.Count > 0) return findings;
        if (_verifiedLists.Count >= MaximumRememberedLists) _verifiedLists.Clear();
        _verifiedLists.TryAdd(fingerprint, true);
        return findings;
    }

    private void Remember(string fingerprint, ReportKey key)
    {
        if (_verified.Count >= MaximumRemembered) _verified.Clear();
        _verified.TryAdd(fingerprint, key);
    }

    private void CheckLinks(SnpChain chain, List<Finding> findings)
    {
        var (key, issuer, root) = chain;
        var product = key.Product;
        var (rootName, vcekIssuer, vlekIssuer) = SnpProducts.CommonNamesOf(product);
        CheckName(key.Certificate.Issuer, key.Kind == SigningKey.Vlek ? vlekIssuer : vcekIssuer, findings);
        CheckName(issuer.Issuer, rootName, findings);
        if (!anchors.Trusts(product, root))
        {
            var hash = Convert.ToHexStringLower(root.PublicKeyHash());
            findings.Add(new("root-not-trusted", root.Subject.CommonName, $"a trusted root key of {product}", $"the key with SHA-256 {hash}", SnpSections.Certificates));
        }

        CheckLink(root, root, findings);
        CheckLink(issuer, root, findings);
        CheckLink(key.Certificate, issuer, findings);
        CheckAuthority(root, below: 1, findings);
        CheckAuthority(issuer, below: 0, findings);
        foreach (var certificate in (ReadOnlySpan<Certificate>)[root, issuer, key.Certificate]) CheckCriticalExtensions(certificate, findings);
    }

    private static void CheckName(DistinguishedName name, string expected, List<Finding> findings)
    {
        if (name.CommonName != expected)
            findings.Add(new("product-mismatch", "issuer", expected, name.CommonName, SnpSections.Certificates));
    }

    private static void CheckLink(Certificate certificate, Certificate issuer, List<Finding> findings)
    {
        var name = certificate.Subject.CommonName;
        if (certificate.SignatureAlgorithm != SignatureAlgorithm.RsaPssSha384)
            findings.Add(new("certificate-algorithm-refused", name, nameof(SignatureAlgorithm.RsaPssSha384), certificate.SignatureAlgorithm.ToString(), SnpSections.Certificates));
        else if (!certificate.Issuer.Is(issuer.Subject) || !certificate.IsSignedBy(issuer))
            findings.Add(new("certificate-signature-invalid", name, $"a signature by {issuer.Subject.CommonName}", "another signature", SnpSections.Path));
    }

    private static void CheckAuthority(Certificate certificate, int below, List<Finding> findings)
    {
        if (!certificate.IsAuthority || !certificate.MaySignCertificates || certificate.PathLength < below)
            findings.Add(new("certificate-not-an-authority", certificate.Subject.CommonName, "a CA certificate that may sign certificates", "one that may not", SnpSections.Path));
    }

    private static void CheckCriticalExtensions(Certificate certificate, List<Finding> findings)
    {
        foreach (var extension in certificate.Extensions)
        {
            if (extension.Critical && extension.Oid is not (BasicConstraints or KeyUsage))
                findings.Add(new("certificate-extension-unknown", certificate.Subject.CommonName, "no critical extension but basicConstraints and keyUsage", extension.Oid, SnpSections.Path));
        }
    }

    private static void CheckDates(Certificate certificate, DateTimeOffset time, List<Finding> findings)
    {
        var name = certificate.Subject.CommonName;
        if (time < certificate.NotBefore)
            findings.Add(new("certificate-not-yet-valid", name, $"valid from {certificate.NotBefore:u}", $"{time:u}", SnpSections.Path));
        else if (time > certificate.NotAfter)
            findings.Add(new("certificate-expired", name, $"valid until {certificate.NotAfter:u}", $"{time:u}", SnpSections.Path));
    }
}
