using System.Collections.Concurrent;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>
/// Verifies collateral: who signed it, for when it holds, and whom its lists revoke. Signatures that held are remembered by the
/// collateral's fingerprint; dates and revocation are looked at every time.
/// </summary>
internal sealed class CollateralVerifier(DcapTrustAnchors anchors)
{
    private const int MaximumRemembered = 256;
    private const string SignerName = "Intel SGX TCB Signing";
    private readonly ConcurrentDictionary<string, bool> verified = new(StringComparer.Ordinal);

    /// <summary>Adds every reason why the collateral may not be used for this platform at this time.</summary>
    public void Verify(DcapCollateral collateral, PckChain chain, DateTimeOffset time, List<Finding> findings)
    {
        if (!HasShape(collateral, findings)) return;
        if (!verified.ContainsKey(collateral.Fingerprint))
        {
            var before = findings.Count;
            CheckSignatures(collateral, findings);
            if (findings.Count == before) Remember(collateral.Fingerprint);
        }

        CheckScope(collateral, chain, findings);
        CheckDates(collateral, chain, time, findings);
        CheckRevocation(collateral, chain, findings);
    }

    private void Remember(string fingerprint)
    {
        if (verified.Count >= MaximumRemembered) verified.Clear();
        verified.TryAdd(fingerprint, true);
    }

    private static bool HasShape(DcapCollateral collateral, List<Finding> findings)
    {
        var before = findings.Count;
        foreach (var (name, chain) in Chains(collateral))
        {
            if (chain.Count != 2)
                findings.Add(new(
                    "certificate-chain-incomplete", name, "the signer and the root", $"{chain.Count} certificates", DcapSections.Collateral));
        }

        return findings.Count == before;
    }

    private void CheckSignatures(DcapCollateral collateral, List<Finding> findings)
    {
        List<IReadOnlyList<Certificate>> seen = [];
        foreach (var (_, chain) in Chains(collateral))
        {
            // TCB info and QE identity have the same signer as a rule.
            if (seen.Exists(other => IsSame(other[0], chain[0]) && IsSame(other[1], chain[1]))) continue;
            seen.Add(chain);
            findings.AddRange(CertificatePath.VerifyLinks(chain));
            RootTrust.Check(anchors, chain[1], findings);
        }

        CheckDocument("TCB info", collateral.TcbInfo.Document, collateral.TcbInfoIssuerChain[0], findings);
        CheckDocument("QE identity", collateral.QeIdentity.Document, collateral.QeIdentityIssuerChain[0], findings);
        findings.AddRange(Revocation.VerifySignature(collateral.PckCrl, collateral.PckCrlIssuerChain[0]));
        findings.AddRange(Revocation.VerifySignature(collateral.RootCaCrl, collateral.PckCrlIssuerChain[1]));
    }

    private static void CheckDocument(string name, SignedDocument document, Certificate signer, List<Finding> findings)
    {
        if (signer.Subject.CommonName != SignerName)
            findings.Add(new("collateral-mismatch", $"{name} signer", SignerName, signer.Subject.CommonName, DcapSections.Collateral));
        if (!P256Key.OfSubject(signer.SubjectPublicKeyInfo).Verifies(document.Signed.Span, document.Signature.Span))
            findings.Add(new(
                "collateral-signature-invalid", name, $"a signature by {signer.Subject.CommonName}", "another signature", DcapSections.Collateral));
    }

    // Everything hangs on one root, so that collateral under a simulated root never speaks of a platform under Intel's.
    private static void CheckScope(DcapCollateral collateral, PckChain chain, List<Finding> findings)
    {
        foreach (var (name, signers) in Chains(collateral))
        {
            if (!signers[1].SubjectPublicKeyInfo.Span.SequenceEqual(chain.Root.SubjectPublicKeyInfo.Span))
                findings.Add(new("collateral-mismatch", name, "the root of the PCK certificate", "another root", DcapSections.Collateral));
        }

        if (!collateral.PckCrlIssuerChain[0].SubjectPublicKeyInfo.Span.SequenceEqual(chain.Issuer.SubjectPublicKeyInfo.Span))
            findings.Add(new(
                "collateral-mismatch", "PCK CRL issuer", chain.Issuer.Subject.CommonName, collateral.PckCrlIssuerChain[0].Subject.CommonName, DcapSections.Collateral));
    }

    private static void CheckDates(DcapCollateral collateral, PckChain platform, DateTimeOffset time, List<Finding> findings)
    {
        List<Certificate> seen = [platform.Issuer, platform.Root];
        foreach (var certificate in Chains(collateral).SelectMany(chain => chain.Chain))
        {
            // The same signer and the same root stand in several chains, also in the platform's own; each is named once.
            if (seen.Exists(other => IsSame(other, certificate))) continue;
            seen.Add(certificate);
            CertificatePath.CheckDates(certificate, time, findings);
        }

        Revocation.CheckDates(collateral.PckCrl, time, findings);
        Revocation.CheckDates(collateral.RootCaCrl, time, findings);
        CheckDates("TCB info", collateral.TcbInfo.IssueDate, collateral.TcbInfo.NextUpdate, time, findings);
        CheckDates("QE identity", collateral.QeIdentity.IssueDate, collateral.QeIdentity.NextUpdate, time, findings);
    }

    private static void CheckDates(string name, DateTimeOffset issued, DateTimeOffset nextUpdate, DateTimeOffset time, List<Finding> findings)
    {
        if (time < issued) findings.Add(new("collateral-not-yet-valid", name, $"issued {issued:u}", $"{time:u}", DcapSections.Collateral));
        if (time > nextUpdate) findings.Add(new("collateral-expired", name, $"next update {nextUpdate:u}", $"{time:u}", DcapSections.Collateral));
    }

    private static void CheckRevocation(DcapCollateral collateral, PckChain chain, List<Finding> findings)
    {
        CheckRevoked(collateral.PckCrl, chain.Pck.Certificate, findings);
        CheckRevoked(collateral.RootCaCrl, chain.Issuer, findings);
        CheckRevoked(collateral.RootCaCrl, collateral.TcbInfoIssuerChain[0], findings);
        if (!IsSame(collateral.QeIdentityIssuerChain[0], collateral.TcbInfoIssuerChain[0]))
            CheckRevoked(collateral.RootCaCrl, collateral.QeIdentityIssuerChain[0], findings);
    }

    private static void CheckRevoked(CertificateRevocationList list, Certificate certificate, List<Finding> findings)
    {
        if (list.Issuer.Is(certificate.Issuer)) Revocation.Check(list, certificate, findings);
        else findings.Add(new(
            "collateral-mismatch", $"CRL of {list.Issuer.CommonName}", $"a list of {certificate.Issuer.CommonName}", list.Issuer.CommonName, DcapSections.Collateral));
    }

    private static bool IsSame(Certificate one, Certificate other) => one.Der.Span.SequenceEqual(other.Der.Span);

    private static IEnumerable<(string Name, IReadOnlyList<Certificate> Chain)> Chains(DcapCollateral collateral) =>
    [
        ("PCK CRL issuer chain", collateral.PckCrlIssuerChain),
        ("TCB info issuer chain", collateral.TcbInfoIssuerChain),
        ("QE identity issuer chain", collateral.QeIdentityIssuerChain),
    ];
}
