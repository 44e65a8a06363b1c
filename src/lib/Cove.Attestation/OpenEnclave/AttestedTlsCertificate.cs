using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Attestation.OpenEnclave;

/// <summary>
/// A self-signed certificate that carries evidence about the enclave that holds its key (Open Enclave and EGo; attestation services of
/// the first generation publish theirs this way). Parsing verifies nothing.
/// </summary>
public sealed class AttestedTlsCertificate
{
    private const string Format = "attested TLS certificate";
    private const string Section = "Open Enclave attested TLS";
    private static readonly string[] ReportOids = ["1.2.840.113556.10.1.1", "1.3.6.1.4.1.311.105.1"];
    private static readonly string[] EvidenceOids = ["1.2.840.113556.10.1.2", "1.3.6.1.4.1.311.105.2"];

    private AttestedTlsCertificate(Certificate certificate, QuoteEvidence evidence)
    {
        Certificate = certificate;
        Evidence = evidence;
    }

    /// <summary>The certificate.</summary>
    public Certificate Certificate { get; }

    /// <summary>The evidence; its runtime data is the certificate's public key, in the form whose hash the evidence has.</summary>
    public QuoteEvidence Evidence { get; }

    /// <summary>Whether a certificate carries such evidence.</summary>
    public static bool IsOne(Certificate certificate) => Find(certificate, ReportOids) is not null || Find(certificate, EvidenceOids) is not null;

    /// <summary>Reads the evidence.</summary>
    /// <exception cref="MalformedException">There is none, or it cannot be read.</exception>
    public static AttestedTlsCertificate Parse(Certificate certificate)
    {
        var evidence = Find(certificate, ReportOids) is { } report ? ParseReport(report)
            : Find(certificate, EvidenceOids) is { } given ? OpenEnclaveEvidence.Parse(given.Span)
            : throw new MalformedException(Format, "extensions", "have no evidence");
        return new AttestedTlsCertificate(certificate, Bind(certificate, evidence));
    }

    /// <summary>
    /// Verifies the certificate's own signature and dates, then the evidence and that it binds the certificate's key. An accepted verdict means
    /// that whoever proves to hold that key is the enclave of the evidence.
    /// </summary>
    public Verdict<VerifiedEvidence> Verify(EvidenceVerifier verifier, Collateral collateral, DateTimeOffset time)
    {
        List<Finding> findings = [];
        var name = Certificate.Subject.CommonName;
        if (!Certificate.Issuer.Is(Certificate.Subject) || !Certificate.IsSignedBy(Certificate))
            findings.Add(new("attested-certificate-invalid", name, "a signature by the certificate's own key", "another signature", Section));
        if (!Certificate.IsValidAt(time))
            findings.Add(new(
                "attested-certificate-invalid", name, $"valid from {Certificate.NotBefore:u} to {Certificate.NotAfter:u}", $"{time:u}", Section));
        return findings.Count > 0 ? findings : verifier.Verify(Evidence, collateral, time);
    }

    private static ReadOnlyMemory<byte>? Find(Certificate certificate, string[] oids)
    {
        foreach (var oid in oids)
        {
            if (certificate.Extension(oid) is { } value) return value;
        }

        return null;
    }

    // A report, a bare quote, or a bare quote in an OCTET STRING of its own.
    private static QuoteEvidence ParseReport(ReadOnlyMemory<byte> value)
    {
        const byte octetString = 0x04;
        if (OpenEnclaveReport.IsOne(value.Span)) return OpenEnclaveReport.Parse(value.Span);
        // A quote of version 4 begins with this byte as well, but the next one, the rest of its version, is zero.
        if (value.Length < 2 || value.Span[0] != octetString || value.Span[1] == 0) return QuoteEvidence.Parse(value.Span);
        try
        {
            var reader = new AsnReader(value, AsnEncodingRules.DER);
            var inner = reader.ReadOctetString();
            reader.ThrowIfNotEmpty();
            return QuoteEvidence.Parse(inner);
        }
        catch (AsnContentException bad)
        {
            throw new MalformedException(Format, "evidence", $"cannot be read: {bad.Message}", inner: bad);
        }
    }

    // The key's hash is over PEM text with its NUL (Open Enclave) or over DER (EGo). Claims that the evidence brings must be one of these.
    private static QuoteEvidence Bind(Certificate certificate, QuoteEvidence evidence)
    {
        var pem = Encoding.ASCII.GetBytes(PemEncoding.WriteString("PUBLIC KEY", certificate.SubjectPublicKeyInfo.Span) + "\n\0");
        var der = certificate.SubjectPublicKeyInfo;
        var bound = (evidence.Quote.Sgx?.ReportData ?? evidence.Quote.Td!.ReportData).Bytes;
        return evidence with { RuntimeData = RuntimeData.OfBinary(ReportData.FromRuntimeData(der.Span).Bytes.SequenceEqual(bound) ? der.Span : pem) };
    }
}
