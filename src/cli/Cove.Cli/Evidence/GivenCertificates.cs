using Cove.Attestation.Snp;
using Cove.Cli.Output;
using Cove.Formats.Der;

namespace Cove.Cli.Evidence;

/// <summary>The certificates of an SNP processor alone: as PEM, DER, certificate table or the host's THIM document.</summary>
internal sealed class GivenCertificates(IReadOnlyList<Certificate> certificates) : Given
{
    public override string Name => "SEV-SNP certificate chain";

    public override string Type => "snp-certificates";

    public override IReadOnlyList<Certificate> Certificates => certificates;

    /// <summary>One certificate in DER: a sequence of more than 255 bytes.</summary>
    public static GivenCertificates? Read(byte[] bytes) => bytes is [0x30, 0x82, ..] ? new([Certificate.Parse(bytes)]) : null;

    public static GivenCertificates OfPem(byte[] pem) => new(CertificatePem.Parse(pem));

    public override IEnumerable<(string Field, string Value)> Fields()
    {
        foreach (var certificate in certificates) yield return (certificate.Subject.CommonName, $"issued by {certificate.Issuer.CommonName}, {certificate.NotBefore:yyyy-MM-dd} to {certificate.NotAfter:yyyy-MM-dd}");
    }

    public override Task<Answer> Verify(Verification verification, CancellationToken cancellation)
    {
        var verdict = new SnpCertificateVerifier(verification.Anchors.Snp).Verify(
            verification.Collateral with { Certificates = [.. certificates, .. verification.Collateral.Certificates] }, verification.Time);
        var accepted = verdict.IsAccepted(out var key, out var findings);
        Check[] checks =
        [
            Check.Of("certificates", findings, "endorsement key, issuer and root, link by link",
                "certificate-chain-incomplete", "certificate-signature-invalid", "certificate-algorithm-refused", "certificate-not-an-authority", "certificate-extension-unknown", "product-mismatch",
                "certificate-revoked", "crl-signature-invalid", "crl-expired", "crl-not-yet-valid"),
            Check.Of("root", findings, "one that this verifier trusts", "root-not-trusted"),
            Check.Of("dates", findings, "every certificate valid at the time", "certificate-expired", "certificate-not-yet-valid"),
        ];
        if (findings.Any(finding => finding.Code == "certificate-chain-incomplete")) checks = checks[..1];
        return Task.FromResult(!accepted
            ? Answer.Rejected($"the {Name} is not genuine, {verification.Path}", checks, findings, checks.Length == 1 ? $"cove verify {verification.Path} --certs FILE" : null)
            : Answer.Of(
                page => VerdictPage.WriteAccepted(page, $"{key!.Kind.ToString().ToUpperInvariant()} of an AMD {key.Product} processor, firmware {key.Tcb}", checks, null),
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("verdict", "accepted");
                    writer.WriteString("type", Type);
                    writer.WriteString("product", key!.Product.ToString());
                    writer.WriteString("hardwareId", Convert.ToHexStringLower(key.HardwareId.Span));
                    writer.WriteString("verifiedAt", verification.Time);
                    VerdictPage.WriteChecks(writer, checks);
                    writer.WriteEndObject();
                }));
    }
}
