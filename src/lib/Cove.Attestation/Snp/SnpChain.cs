using System.Security.Cryptography;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Snp;

/// <summary>Endorsement key, its issuer and the root, picked from a set of certificates by their names. Nothing is verified yet.</summary>
internal sealed record SnpChain(EndorsementKeyCertificate EndorsementKey, Certificate Issuer, Certificate Root)
{
    /// <summary>Names these three certificates: SHA-256 over the SHA-256 of each.</summary>
    public string Fingerprint()
    {
        Span<byte> hashes = stackalloc byte[3 * SHA256.HashSizeInBytes];
        SHA256.HashData(EndorsementKey.Certificate.Der.Span, hashes);
        SHA256.HashData(Issuer.Der.Span, hashes[32..]);
        SHA256.HashData(Root.Der.Span, hashes[64..]);
        return Convert.ToHexString(SHA256.HashData(hashes));
    }

    /// <summary>Picks the chain of the kind of key that signed the report.</summary>
    public static Verdict<SnpChain> Pick(IEnumerable<Certificate> certificates, SigningKey kind)
    {
        List<Certificate> all = [];
        foreach (var certificate in certificates)
        {
            // The same certificate may come from the host and from the evidence.
            if (!all.Exists(known => known.Der.Span.SequenceEqual(certificate.Der.Span))) all.Add(certificate);
        }

        var subject = kind == SigningKey.Vlek ? "SEV-VLEK" : "SEV-VCEK";
        if (One(all, subject, certificate => certificate.Subject.CommonName == subject, out var missing) is not { } leaf) return missing;
        var key = EndorsementKeyCertificate.Parse(leaf);
        if (One(all, leaf.Issuer.CommonName, certificate => certificate.Subject.Is(leaf.Issuer), out missing) is not { } issuer) return missing;
        if (One(all, issuer.Issuer.CommonName, certificate => certificate.Subject.Is(issuer.Issuer), out missing) is not { } root) return missing;
        return new SnpChain(key, issuer, root);
    }

    private static Certificate? One(List<Certificate> all, string name, Func<Certificate, bool> wanted, out Finding missing)
    {
        var found = all.FindAll(certificate => wanted(certificate));
        missing = new Finding("certificate-chain-incomplete", name, "exactly one certificate with this subject", $"{found.Count}", SnpSections.Certificates);
        return found.Count == 1 ? found[0] : null;
    }
}
