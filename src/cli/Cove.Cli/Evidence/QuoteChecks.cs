using Cove.Attestation;
using Cove.Cli.Output;
using Cove.Outcomes;

namespace Cove.Cli.Evidence;

/// <summary>What verifying and appraising a quote looks at, for the table of the verdict.</summary>
internal static class QuoteChecks
{
    private static readonly string[] ByCollateral = ["revocation", "quoting enclave", "platform level"];

    /// <summary>Whether the quote is genuine.</summary>
    public static IReadOnlyList<Check> Genuine(IReadOnlyList<Finding> findings, bool withRuntimeData)
    {
        List<Check> checks =
        [
            Of("signature", findings, "by the attestation key over header and body", "quote-signature-invalid"),
            Of("attestation key", findings, "bound by the quoting enclave", "attestation-key-mismatch", "qe-report-signature-invalid"),
            Of("certificates", findings, "PCK, its authority and root, link by link",
                "certificate-chain-incomplete", "certificate-signature-invalid", "certificate-algorithm-refused", "certificate-not-an-authority", "certificate-extension-unknown", "certification-data-unsupported"),
            Of("root", findings, "one that this verifier trusts", "root-not-trusted"),
            Of("dates", findings, "every certificate valid at the time", "certificate-expired", "certificate-not-yet-valid"),
            Of("revocation", findings, "no certificate is revoked", "certificate-revoked", "crl-signature-invalid", "crl-expired", "crl-not-yet-valid"),
            Of("collateral", findings, "signed, and of the time", "collateral-missing", "collateral-signature-invalid", "collateral-expired", "collateral-not-yet-valid", "collateral-mismatch"),
            Of("quoting enclave", findings, "Intel's", "qe-identity-mismatch", "qe-tcb-unknown"),
            Of("platform level", findings, "one that Intel has judged", "tcb-level-unknown", "tdx-module-unknown", "tdx-module-mismatch"),
        ];
        if (withRuntimeData) checks.Add(Of("runtime data", findings, "its SHA-256 is in REPORTDATA", "runtime-data-mismatch"));
        // What was not looked at may not be said to hold: without a chain nothing, without collateral whatever rests on it.
        if (findings.Any(finding => finding.Code is "certificate-chain-incomplete" or "certification-data-unsupported")) return [.. checks.Where(check => check.Passed is false)];
        return findings.Any(finding => finding.Code == "collateral-missing") ? [.. checks.Where(check => check.Passed is false || !ByCollateral.Contains(check.Name))] : checks;
    }

    /// <summary>Whether platform and debugging are acceptable.</summary>
    public static IEnumerable<Check> Platform(VerifiedQuoteEvidence genuine, IReadOnlyList<Finding> findings)
    {
        var debug = genuine is VerifiedTdxEvidence tdx ? tdx.Report.Attributes.Debug : ((VerifiedSgxEvidence)genuine).Report.Attributes.Debug;
        var advisories = genuine.Tcb.Advisories.Count == 0 ? "" : $", {string.Join(", ", genuine.Tcb.Advisories)}";
        yield return Of("debugging", findings, debug ? "the host can look in, which the policy permits" : "the host cannot look in", "debug-not-permitted");
        yield return Of("up to date", findings, $"{genuine.Tcb.Status}, judged {genuine.Tcb.TcbDate:yyyy-MM-dd}{advisories}", "tcb-status-not-accepted", "tcb-advisory-not-accepted", "tcb-evaluation-too-old", "tcb-too-old");
        if (genuine is not VerifiedTdxEvidence) yield break;
        yield return Of("attributes", findings, "none that weakens the domain", "sept-ve-not-permitted", "td-attributes-unknown");
        yield return Of("migration", findings, "as the policy permits", "migration-not-permitted");
    }

    private static Check Of(string name, IReadOnlyList<Finding> findings, string found, params string[] codes) => Check.Of(name, findings, found, codes);
}
