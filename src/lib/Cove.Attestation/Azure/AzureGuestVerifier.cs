using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Attestation.Azure;

/// <summary>Whether an Azure confidential VM's TPM quote is by the key that genuine hardware evidence binds.</summary>
/// <param name="hardware">Verifies the hardware's evidence.</param>
internal sealed class AzureGuestVerifier(Func<Evidence, Collateral, DateTimeOffset, Verdict<VerifiedEvidence>> hardware)
{
    private const string Section = "Azure confidential VM guest attestation";
    private const int InitDataPcr = 8;

    public Verdict<VerifiedEvidence> Verify(AzureGuestEvidence evidence, Collateral collateral, DateTimeOffset time)
    {
        List<Finding> findings = [];
        hardware(evidence.Hardware, collateral, time).IsAccepted(out var verified, out var refused);
        findings.AddRange(refused);
        using (var key = evidence.Report.AttestationKey.CreateRsa())
        {
            findings.AddRange(evidence.Quote.Verify(key));
            if (evidence.CertifiedKey is { } certified) findings.AddRange(certified.Verify(key));
        }

        CheckRuntimeData(evidence, findings);
        CheckInitTimeData(evidence, findings);
        if (verified is null || findings.Count > 0) return findings;
        return new VerifiedAzureGuestEvidence
        {
            Hardware = verified,
            Report = evidence.Report,
            Nonce = evidence.Quote.Nonce,
            Pcrs = evidence.Quote.Pcrs,
            CertifiedKey = evidence.CertifiedKey?.Key.Key,
            ClientPayload = evidence.ClientPayload,
            VerifiedAt = time,
            RuntimeData = evidence.RuntimeData,
            InitTimeData = evidence.InitTimeData,
        };
    }

    private static void CheckRuntimeData(AzureGuestEvidence evidence, List<Finding> findings)
    {
        if (evidence.RuntimeData is not { } data) return;
        var expected = SHA256.HashData(data.Bytes.Span);
        if (!evidence.Quote.Nonce.Span.SequenceEqual(expected))
            findings.Add(new("runtime-data-mismatch", "extraData", $"SHA-256 of the data, {Convert.ToHexStringLower(expected)}", Convert.ToHexStringLower(evidence.Quote.Nonce.Span), Section));
    }

    // The guest extends the PCR once, from zero, with the hash of the data.
    private static void CheckInitTimeData(AzureGuestEvidence evidence, List<Finding> findings)
    {
        if (evidence.InitTimeData is not { } data) return;
        var expected = SHA256.HashData([.. new byte[SHA256.HashSizeInBytes], .. SHA256.HashData(data.Bytes.Span)]);
        var actual = evidence.Quote.Pcrs.TryGetValue(InitDataPcr, out var value) ? value : ReadOnlyMemory<byte>.Empty;
        if (!actual.Span.SequenceEqual(expected))
            findings.Add(new("init-time-data-mismatch", $"PCR {InitDataPcr}", $"extended with SHA-256 of the data, {Convert.ToHexStringLower(expected)}", actual.IsEmpty ? "not quoted" : Convert.ToHexStringLower(actual.Span), Section));
    }
}
