using Cove.Attestation;
using Cove.Guest.Attesters;
using Cove.Outcomes;
using Cove.Sidecar.Certificates;
using Cove.Sidecar.GoText;
using Cove.Sidecar.Uvm;

namespace Cove.Sidecar.Attest;

/// <summary>
/// Gets reports from this machine's attester, and keeps certificates that fit them: where the platform's TCB has moved on, they are
/// fetched anew and kept, certificates and TCB together.
/// </summary>
internal sealed class EvidenceCollector(
    Func<IAttester?> attester, UvmInformation information, byte[] certificatesPem, ChipTcb certificatesTcb, CertificateFetcher fetcher, SidecarLog log)
    : IDisposable
{
    private readonly SemaphoreSlim refreshing = new(1);
    private FetchedCertificates certificates = new(certificatesPem, certificatesTcb);

    /// <summary>What the utility VM said about itself at start.</summary>
    public UvmInformation Information => information;

    /// <summary>A fresh SNP report over this runtime data.</summary>
    /// <exception cref="SkrFailureException">There is no attester, it gave nothing, or something else than an SNP report.</exception>
    public async Task<ReadOnlyMemory<byte>> GetReportAsync(ReadOnlyMemory<byte> runtimeData, CancellationToken cancellation)
    {
        var found = attester() ?? throw new SkrFailureException("SEV device is not found");
        try
        {
            var evidence = await found.GetEvidenceAsync(ReportData.FromRuntimeData(runtimeData.Span), cancellation);
            return evidence.Format == EvidenceFormat.SnpReport
                ? evidence.Bytes
                : throw new SkrFailureException($"{found.Source} gives a {evidence.Format}, this sidecar sends SNP reports");
        }
        catch (Exception e) when (e is UnavailableException or MalformedException)
        {
            throw new SkrFailureException("Failed to retrieve attestation report", e);
        }
    }

    /// <summary>A fresh report with certificates of exactly its TCB.</summary>
    /// <exception cref="SkrFailureException">The policy or endorsement is not base64, or no certificates fit.</exception>
    public async Task<Collateral> CollectAsync(ReadOnlyMemory<byte> runtimeData, CancellationToken cancellation)
    {
        RequirePolicy();
        var report = await GetReportAsync(runtimeData, cancellation);
        var fitting = Fitting(report);
        if (fitting is null)
        {
            await refreshing.WaitAsync(cancellation);
            try
            {
                (report, fitting) = await RefreshAsync(report, runtimeData, cancellation);
            }
            finally
            {
                refreshing.Release();
            }
        }

        return new Collateral(report, fitting, Endorsement());
    }

    public void Dispose() => refreshing.Dispose();

    /// <summary>Checks that the policy is what it should be before a report is asked for.</summary>
    private void RequirePolicy()
    {
        try
        {
            GoBase64.Decode(information.Policy);
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("Decoding policy from Base64 format failed", e);
        }
    }

    private async Task<(ReadOnlyMemory<byte> Report, byte[] Pem)> RefreshAsync(
        ReadOnlyMemory<byte> report, ReadOnlyMemory<byte> runtimeData, CancellationToken cancellation)
    {
        // Another request may have refreshed while this one waited.
        if (Fitting(report) is { } already) return (report, already);
        await FetchAsync(report, cancellation);
        if (Fitting(report) is { } fetched) return (report, fetched);

        // The platform's firmware may have been updated between the report and the certificates: once more, with both new.
        report = await GetReportAsync(runtimeData, cancellation);
        await FetchAsync(report, cancellation);
        var reported = ChipTcb.OfReport(report.Span);
        return Fitting(report) is { } second
            ? (report, second)
            : throw new SkrFailureException(
                $"SNP reported TCB value: {reported.Value} doesn't match Certificate TCB value: {certificates.Tcb.Value}");
    }

    private async Task FetchAsync(ReadOnlyMemory<byte> report, CancellationToken cancellation)
    {
        log.Info($"the report's TCB {ChipTcb.OfReport(report.Span).Value:x16} is not that of the certificates, {certificates.Tcb.Value:x16}: fetching others");
        try
        {
            certificates = await fetcher.FetchAsync(report, cancellation);
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("Refreshing CertChain failed", e);
        }
    }

    private byte[]? Fitting(ReadOnlyMemory<byte> report)
    {
        var current = Volatile.Read(ref certificates);
        return ChipTcb.OfReport(report.Span) == current.Tcb ? current.Pem : null;
    }

    private byte[] Endorsement()
    {
        try
        {
            return GoBase64.Decode(information.ReferenceInfo);
        }
        catch (SkrFailureException e)
        {
            throw new SkrFailureException("Decoding UVM encoded reference info from Base64 format failed", e);
        }
    }
}
