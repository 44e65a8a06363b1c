using System.Text;
using Cove.Attestation;
using Cove.Outcomes;

namespace Cove.Guest.Attesters;

/// <summary>
/// The pseudo files that Gramine shows an application in an SGX enclave: report data goes to <c>user_report_data</c>, the quote comes
/// from <c>quote</c>. The folder's files are shared by the process, so one request runs at a time.
/// </summary>
public sealed class GramineAttester : IAttester, IDisposable
{
    private const int QuoteLimit = 32 * 1024;
    private const int TextLimit = 16;
    private const int QuoteReportDataOffset = 48 + 320;

    private readonly PseudoFiles files;
    private readonly SemaphoreSlim oneAtATime = new(1);

    /// <summary>Asks through this folder.</summary>
    public GramineAttester(string folder = "/dev/attestation")
        : this(folder, PseudoFiles.Kernel)
    {
    }

    internal GramineAttester(string folder, PseudoFiles files) => (Source, this.files) = (folder, files);

    /// <inheritdoc/>
    public string Source { get; }

    /// <inheritdoc/>
    public async Task<HardwareEvidence> GetEvidenceAsync(ReportData reportData, CancellationToken cancellation = default)
    {
        await oneAtATime.WaitAsync(cancellation);
        try
        {
            return await Task.Run(() => Get(reportData), cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException(Source, e.Message, e);
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => oneAtATime.Dispose();

    private HardwareEvidence Get(ReportData reportData)
    {
        var type = Encoding.ASCII.GetString(files.Read(Path.Combine(Source, "attestation_type"), TextLimit)).TrimEnd('\n');
        if (type != "dcap") throw new UnavailableException(Source, $"its attestation type is {type}, only dcap is understood");
        files.Write(Path.Combine(Source, "user_report_data"), reportData.Bytes);
        var quote = files.Read(Path.Combine(Source, "quote"), QuoteLimit);
        if (quote.Length < QuoteReportDataOffset + reportData.Bytes.Length)
            throw new MalformedException("SGX quote", "report body", $"ends after {quote.Length} bytes", quote.Length);
        if (!quote.AsSpan(QuoteReportDataOffset, reportData.Bytes.Length).SequenceEqual(reportData.Bytes))
            throw new MalformedException("SGX quote", "REPORTDATA", "is not what was asked for", QuoteReportDataOffset);
        return new HardwareEvidence(EvidenceFormat.SgxQuote, quote);
    }
}
