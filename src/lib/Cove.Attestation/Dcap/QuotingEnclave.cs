using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>A quoting enclave whose report was verified, and the attestation key that the report binds.</summary>
internal sealed class QuotingEnclave
{
    private readonly Quote first;

    private QuotingEnclave(Quote first)
    {
        this.first = first;
        Key = P256Key.OfPoint(first.AttestationKey);
    }

    /// <summary>Its attestation key.</summary>
    public P256Key Key { get; }

    /// <summary>Verifies the part of a quote that binds its attestation key to the platform; null, with findings, where that does not hold.</summary>
    public static QuotingEnclave? Verify(Quote quote, PckChain chain, List<Finding> findings)
    {
        if (chain.QuotingEnclave is { } known && known.Made(quote)) return known;
        var before = findings.Count;
        if (!chain.Key.Verifies(quote.QeReport.Bytes.Span, quote.QeReportSignature.Span))
            findings.Add(new(
                "qe-report-signature-invalid", "QE report signature", "a signature over the QE report by the PCK", "another signature", DcapSections.Quote));
        CheckBinding(quote, findings);
        if (findings.Count > before) return null;
        return chain.QuotingEnclave = new QuotingEnclave(quote);
    }

    private static void CheckBinding(Quote quote, List<Finding> findings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(quote.AttestationKey.Span);
        hash.AppendData(quote.QeAuthenticationData.Span);
        Span<byte> expected = stackalloc byte[ReportData.Size];
        expected.Clear();
        hash.GetHashAndReset(expected);
        var bound = quote.QeReport.ReportData.Bytes;
        if (!CryptographicOperations.FixedTimeEquals(expected, bound))
            findings.Add(new(
                "attestation-key-mismatch", "QE report REPORTDATA", Convert.ToHexStringLower(expected), Convert.ToHexStringLower(bound), DcapSections.Quote));
    }

    private bool Made(Quote quote) =>
        quote.QeReport.Bytes.Span.SequenceEqual(first.QeReport.Bytes.Span)
        && quote.QeReportSignature.Span.SequenceEqual(first.QeReportSignature.Span)
        && quote.AttestationKey.Span.SequenceEqual(first.AttestationKey.Span)
        && quote.QeAuthenticationData.Span.SequenceEqual(first.QeAuthenticationData.Span);
}
