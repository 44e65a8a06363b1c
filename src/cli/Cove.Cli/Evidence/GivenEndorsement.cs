using Cove.Attestation.Uvm;
using Cove.Cli.Output;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Cli.Evidence;

/// <summary>An endorsement of a guest's image: a COSE_Sign1 message.</summary>
internal sealed class GivenEndorsement(UvmEndorsement endorsement) : Given
{
    private const byte Tag = 0xD2;          // COSE_Sign1, CBOR tag 18
    private const byte ArrayOfFour = 0x84;  // the same without its tag

    public override string Name => "UVM endorsement";

    public override string Type => "uvm-endorsement";

    public override IReadOnlyList<Certificate> Certificates => endorsement.Certificates;

    public static GivenEndorsement? Read(byte[] bytes) => bytes is [Tag, ..] or [ArrayOfFour, ..] ? new(UvmEndorsement.Parse(bytes)) : null;

    public override IEnumerable<(string Field, string Value)> Fields()
    {
        yield return ("issuer", endorsement.Issuer);
        yield return ("feed", endorsement.Feed);
        yield return ("version", $"{endorsement.Svn}");
        yield return ("measurement", Convert.ToHexStringLower(endorsement.Measurement.Span));
        yield return ("signed", endorsement.SignedAt is { } at ? $"{at:yyyy-MM-dd HH:mm:ss} UTC" : "does not say");
        yield return ("receipts", $"{endorsement.Receipts().Count}");
    }

    public override Task<Answer> Verify(Verification verification, CancellationToken cancellation)
    {
        // Without a measurement to compare, the endorsement is asked about its own: who signed it is then the question.
        var measurement = verification.Expected.Measurement is { } hex ? Convert.FromHexString(Measured(hex)) : endorsement.Measurement.ToArray();
        var verdict = new UvmEndorsementVerifier(verification.Anchors.UvmIssuers, verification.Ledgers).Verify(endorsement, measurement, verification.Time);
        var accepted = verdict.IsAccepted(out var verified, out var findings);
        var checks = Checks(verification, findings);
        if (!accepted) return Task.FromResult(Answer.Rejected($"the {Name} is not accepted, {verification.Path}", checks, findings));
        return Task.FromResult(Answer.Of(
            page => VerdictPage.WriteAccepted(page, $"{Name} of {verified!.Feed}, version {verified.Svn}", checks, null),
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("verdict", "accepted");
                writer.WriteString("type", Type);
                writer.WriteString("issuer", verified!.Issuer);
                writer.WriteString("feed", verified.Feed);
                writer.WriteNumber("svn", verified.Svn);
                writer.WriteString("measurement", Convert.ToHexStringLower(verified.Measurement.Span));
                writer.WriteString("verifiedAt", verification.Time);
                VerdictPage.WriteChecks(writer, checks);
                writer.WriteEndObject();
            }));
    }

    private Check[] Checks(Verification verification, IReadOnlyList<Finding> findings)
    {
        var receipts = endorsement.Receipts().Count;
        Check[] about =
        [
            Check.Of("signature", findings, "by the first certificate's key", "endorsement-signature-invalid"),
            Check.Of("certificates", findings, "link by link, as of the time of signing", "certificate-chain-incomplete", "certificate-signature-invalid",
                "certificate-not-an-authority", "certificate-extension-unknown", "certificate-expired", "certificate-not-yet-valid"),
            Check.Of("issuer", findings, endorsement.Issuer, "did-not-matched", "endorsement-issuer-not-accepted"),
            Check.Of("version", findings, $"{endorsement.Svn}", "endorsement-svn-below-minimum"),
            Check.Of("signed", findings, endorsement.SignedAt is { } at ? $"{at:yyyy-MM-dd}" : "does not say", "endorsement-not-yet-valid"),
        ];
        var measured = Check.Of("measurement", findings, Convert.ToHexStringLower(endorsement.Measurement.Span), "endorsement-of-another-guest");
        var refused = findings.Any(finding => finding.Code.StartsWith("receipt-", StringComparison.Ordinal));
        bool? believed = refused ? false : receipts > 0 && verification.Ledgers.Count > 0 ? true : null;
        return [.. about, verification.Expected.Measurement is null ? measured with { Passed = null } : measured, new("receipts", believed, $"{receipts}")];
    }

    private static string Measured(string hex) => hex.Length == 2 * UvmEndorsement.MeasurementSize && hex.All(char.IsAsciiHexDigit)
        ? hex
        : throw Shell.CommandFailedException.Usage("hex-invalid", $"is not {2 * UvmEndorsement.MeasurementSize} hex digits, --measurement {hex}");
}
