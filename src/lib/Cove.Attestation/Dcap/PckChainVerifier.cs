using System.Collections.Concurrent;
using System.Security.Cryptography;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>
/// Verifies the chain of a PCK certificate link by link: no certificate store, no download. Chains whose signatures held are remembered;
/// only genuine ones are, so the memory is bounded by the platforms there are and by a limit.
/// </summary>
internal sealed class PckChainVerifier(DcapTrustAnchors anchors)
{
    private const int MaximumRemembered = 4096;
    private const string RootName = "Intel SGX Root CA";
    private static readonly string[] IssuerNames = ["Intel SGX PCK Platform CA", "Intel SGX PCK Processor CA"];
    private readonly ConcurrentDictionary<string, PckChain> verified = new(StringComparer.Ordinal);

    /// <summary>The chain of the quote's platform; null where it is incomplete. To be relied on only without findings.</summary>
    /// <param name="quote">The quote.</param>
    /// <param name="others">Certificates for a quote that does not bring its own.</param>
    /// <param name="time">When the certificates must be valid.</param>
    /// <param name="findings">Receives every reason why the chain does not hold.</param>
    public PckChain? Verify(Quote quote, IReadOnlyList<Certificate> others, DateTimeOffset time, List<Finding> findings)
    {
        var bringsChain = quote.CertificationType == CertificationType.PckChain;
        var fingerprint = bringsChain ? Convert.ToHexString(SHA256.HashData(quote.CertificationData.Span)) : "";
        if (!bringsChain || !verified.TryGetValue(fingerprint, out var chain))
        {
            if (Pick(quote, bringsChain ? quote.Certificates() : [.. quote.Certificates(), .. others], findings) is not { } picked) return null;
            chain = picked;
            var before = findings.Count;
            CheckLinks(chain, findings);
            if (bringsChain && findings.Count == before) Remember(fingerprint, chain);
        }

        foreach (var certificate in (ReadOnlySpan<Certificate>)[chain.Pck.Certificate, chain.Issuer, chain.Root]) CertificatePath.CheckDates(certificate, time, findings);
        return chain;
    }

    private void Remember(string fingerprint, PckChain chain)
    {
        if (verified.Count >= MaximumRemembered) verified.Clear();
        verified.TryAdd(fingerprint, chain);
    }

    private static PckChain? Pick(Quote quote, IReadOnlyList<Certificate> certificates, List<Finding> findings)
    {
        if (certificates.Count == 0)
        {
            findings.Add(new(
                "certification-data-unsupported", "QE certification data type", "5 (PCK chain)", $"{(int)quote.CertificationType} ({quote.CertificationType})", DcapSections.Quote));
            return null;
        }

        if (One(certificates, PckCertificate.CommonName, PckCertificate.IsOne, findings) is not { } leaf) return null;
        if (One(certificates, leaf.Issuer.CommonName, certificate => certificate.Subject.Is(leaf.Issuer), findings) is not { } issuer) return null;
        if (One(certificates, issuer.Issuer.CommonName, certificate => certificate.Subject.Is(issuer.Issuer), findings) is not { } root) return null;
        return new PckChain(PckCertificate.Parse(leaf), issuer, root);
    }

    private static Certificate? One(IReadOnlyList<Certificate> all, string name, Func<Certificate, bool> wanted, List<Finding> findings)
    {
        var found = all.Where(wanted).ToList();
        if (found.Count == 1) return found[0];
        findings.Add(new("certificate-chain-incomplete", name, "exactly one certificate with this subject", $"{found.Count}", DcapSections.Pck));
        return null;
    }

    private void CheckLinks(PckChain chain, List<Finding> findings)
    {
        findings.AddRange(CertificatePath.VerifyLinks([chain.Pck.Certificate, chain.Issuer, chain.Root]));
        if (!IssuerNames.Contains(chain.Issuer.Subject.CommonName, StringComparer.Ordinal))
            findings.Add(new("collateral-mismatch", "issuer", string.Join(" or ", IssuerNames), chain.Issuer.Subject.CommonName, DcapSections.Pck));
        if (chain.Root.Subject.CommonName != RootName)
            findings.Add(new("collateral-mismatch", "root", RootName, chain.Root.Subject.CommonName, DcapSections.Pck));
        RootTrust.Check(anchors, chain.Root, findings);
    }
}
