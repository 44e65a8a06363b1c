using Cove.Outcomes;

namespace Cove.Attestation.Dcap;

/// <summary>Whether a quote was made by a platform under a trusted root, and binds the data that came with it.</summary>
internal sealed class QuoteEvidenceVerifier(DcapTrustAnchors anchors)
{
    private readonly PckChainVerifier chains = new(anchors);
    private readonly CollateralVerifier collaterals = new(anchors);

    public Verdict<VerifiedEvidence> Verify(QuoteEvidence evidence, Collateral collateral, DateTimeOffset time)
    {
        List<Finding> findings = [];
        var quote = evidence.Quote;
        var chain = chains.Verify(quote, collateral.Certificates, time, findings);
        CheckSignature(quote, chain, findings);
        CheckBindings(evidence, findings);
        var tcb = chain is null ? null : Evaluate(quote, chain, collateral.Dcap, time, findings);
        if (findings.Count > 0 || chain is null || tcb is null || collateral.Dcap is not { } dcap) return findings;
        anchors.Trusts(chain.Root, out var simulated);
        return evidence is SgxEvidence
            ? new VerifiedSgxEvidence(simulated)
            {
                Quote = quote, Pck = chain.Pck, Tcb = tcb, Collateral = dcap, VerifiedAt = time, RuntimeData = evidence.RuntimeData, InitTimeData = evidence.InitTimeData,
            }
            : new VerifiedTdxEvidence(simulated)
            {
                Quote = quote, Pck = chain.Pck, Tcb = tcb, Collateral = dcap, VerifiedAt = time, RuntimeData = evidence.RuntimeData, InitTimeData = evidence.InitTimeData,
            };
    }

    private TcbEvaluation? Evaluate(Quote quote, PckChain chain, DcapCollateral? collateral, DateTimeOffset time, List<Finding> findings)
    {
        if (collateral is null)
        {
            findings.Add(new(
                "collateral-missing", "collateral", $"TCB info, QE identity and CRLs for {quote.Tee} and FMSPC {Convert.ToHexStringLower(chain.Pck.Fmspc.Span)}", "none", DcapSections.Collateral));
            return null;
        }

        collaterals.Verify(collateral, chain, time, findings);
        return TcbEvaluator.Evaluate(quote, chain.Pck, collateral.TcbInfo, collateral.QeIdentity, findings);
    }

    // Without a chain nobody vouches for the key, and whether it made the signature says nothing.
    private static void CheckSignature(Quote quote, PckChain? chain, List<Finding> findings)
    {
        if (chain is null) return;
        var key = QuotingEnclave.Verify(quote, chain, findings)?.Key ?? P256Key.OfPoint(quote.AttestationKey);
        if (!key.Verifies(quote.Signed.Span, quote.Signature.Span))
            findings.Add(new(
                "quote-signature-invalid", "signature", "a signature over header and body by the attestation key", "another signature", DcapSections.Quote));
    }

    private static void CheckBindings(QuoteEvidence evidence, List<Finding> findings)
    {
        var (sgx, td) = (evidence.Quote.Sgx, evidence.Quote.Td);
        DataBinding.Check(
            "runtime-data-mismatch", "REPORTDATA", evidence.RuntimeData, (sgx?.ReportData ?? td!.ReportData).Bytes, DcapSections.Binding, findings);
        if (sgx is not null)
            DataBinding.Check("init-time-data-mismatch", "CONFIGID", evidence.InitTimeData, sgx.ConfigId, DcapSections.Binding, findings);
        else DataBinding.Check("init-time-data-mismatch", "MRCONFIGID", evidence.InitTimeData, td!.MrConfigId, DcapSections.Binding, findings);
    }
}
