using System.Text.Json;
using Cove.Attestation;
using Cove.Attestation.Dcap;
using Cove.Attestation.OpenEnclave;
using Cove.Cli.Output;
using Cove.Formats.Der;
using Cove.Outcomes;

namespace Cove.Cli.Evidence;

/// <summary>A quote of SGX or TDX, bare or in one of Open Enclave's wrappings.</summary>
internal sealed class GivenQuote : GivenTee
{
    private readonly QuoteEvidence evidence;

    public GivenQuote(QuoteEvidence evidence)
        : base(evidence) => this.evidence = evidence;

    public override string Name => evidence is TdxEvidence ? "TDX quote" : "SGX quote";

    public override string Type => evidence is TdxEvidence ? "tdxvm" : "sgx";

    public override IReadOnlyList<Certificate> Certificates => evidence.Quote.Certificates();

    /// <summary>Quotes begin with their version and the type of their key, 16-bit numbers.</summary>
    public static GivenQuote? Read(byte[] bytes)
    {
        if (OpenEnclaveReport.IsOne(bytes)) return new(OpenEnclaveReport.Parse(bytes));
        if (OpenEnclaveEvidence.IsOne(bytes)) return new(OpenEnclaveEvidence.Parse(bytes));
        return bytes is [>= 3 and <= 5, 0, 2 or 3, 0, ..] ? new(QuoteEvidence.Parse(bytes)) : null;
    }

    public override IEnumerable<(string Field, string Value)> Fields() => QuotePage.Fields(evidence.Quote);

    protected override IReadOnlyList<Check> Genuine(IReadOnlyList<Finding> findings) => QuoteChecks.Genuine(findings, evidence.RuntimeData is not null);

    protected override IReadOnlyList<Check> Acceptable(AppraisalPolicy policy, VerifiedEvidence genuine, IReadOnlyList<Finding> findings) => genuine switch
    {
        VerifiedSgxEvidence sgx when policy.Sgx is { } accepted =>
        [
            .. QuoteChecks.Platform(sgx, findings),
            Compared("measurement", accepted.MrEnclave, sgx.Report.MrEnclave),
            Compared("signer", accepted.MrSigner, sgx.Report.MrSigner),
            Compared("report data", accepted.ReportData, sgx.Report.ReportData.Bytes),
        ],
        VerifiedTdxEvidence tdx when policy.Tdx is { } accepted =>
        [
            .. QuoteChecks.Platform(tdx, findings),
            Of("service domain", findings, tdx.Report.MrServiceTd.ContainsAnyExcept((byte)0) ? "one that the policy accepts" : "none", "service-td-not-permitted"),
            Compared("measurement", accepted.MrTd, tdx.Report.MrTd),
            Compared("configuration", accepted.MrConfigId, tdx.Report.MrConfigId),
            Compared("report data", accepted.ReportData, tdx.Report.ReportData.Bytes),
        ],
        _ => [Of("policy", findings, "says what is accepted", "policy-absent")],
    };

    protected override AppraisalPolicy Narrow(AppraisalPolicy policy, Verification verification)
    {
        var expected = verification.Expected;
        return policy with
        {
            Sgx = policy.Sgx is not { } sgx ? null : sgx with
            {
                Tcb = Wider(sgx.Tcb, verification),
                MrEnclave = evidence is SgxEvidence ? expected.MeasurementOr(sgx.MrEnclave, 32) : sgx.MrEnclave,
                ConfigId = evidence is SgxEvidence ? expected.HostDataOr(sgx.ConfigId, 64) : sgx.ConfigId,
                ReportData = expected.ReportDataOr(sgx.ReportData),
            },
            Tdx = policy.Tdx is not { } tdx ? null : tdx with
            {
                Tcb = Wider(tdx.Tcb, verification),
                MrTd = evidence is TdxEvidence ? expected.MeasurementOr(tdx.MrTd, 48) : tdx.MrTd,
                MrConfigId = evidence is TdxEvidence ? expected.HostDataOr(tdx.MrConfigId, 48) : tdx.MrConfigId,
                ReportData = expected.ReportDataOr(tdx.ReportData),
            },
        };
    }

    protected override string Describe(VerifiedEvidence genuine) => genuine is VerifiedQuoteEvidence quote
        ? $"an Intel platform, FMSPC {Convert.ToHexStringLower(quote.Pck.Fmspc.Span)}, {quote.Tcb.Status}"
        : "";

    protected override void WriteFacts(Utf8JsonWriter writer, VerifiedEvidence genuine)
    {
        var quote = (VerifiedQuoteEvidence)genuine;
        writer.WriteString("tcbStatus", quote.Tcb.Status.ToString());
        writer.WriteStartArray("advisories");
        foreach (var advisory in quote.Tcb.Advisories) writer.WriteStringValue(advisory);
        writer.WriteEndArray();
    }

    protected override string? MissingOption(IReadOnlyList<Finding> findings) => findings.Any(finding => finding.Code == "collateral-missing") ? "--collateral FILE" : null;

    private static TcbRequirements Wider(TcbRequirements tcb, Verification verification) =>
        tcb with { AcceptedStatuses = [.. tcb.AcceptedStatuses.Union(verification.AcceptedStatuses)] };
}
