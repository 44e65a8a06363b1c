using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Cove.Attestation;
using Cove.Outcomes;

namespace Cove.Guest.Attesters;

/// <summary>
/// The kernel's vendor-neutral interface (Linux 6.7 and later, Documentation/ABI/testing/configfs-tsm): a folder an attester makes under
/// <c>/sys/kernel/config/tsm/report</c> takes report data in <c>inblob</c> and gives evidence in <c>outblob</c>.
/// </summary>
public sealed class ConfigfsTsmAttester : IAttester
{
    // The kernel's own limit for outblob and auxblob is 32 KiB (TSM_REPORT_OUTBLOB_MAX).
    private const int BlobLimit = 32 * 1024;
    private const int TextLimit = 64;
    private const int Attempts = 5;

    private readonly PseudoFiles files;

    /// <summary>Asks through this folder.</summary>
    public ConfigfsTsmAttester(string folder = "/sys/kernel/config/tsm/report")
        : this(folder, PseudoFiles.Kernel)
    {
    }

    internal ConfigfsTsmAttester(string folder, PseudoFiles files) => (Source, this.files) = (folder, files);

    /// <inheritdoc/>
    public string Source { get; }

    /// <inheritdoc/>
    public Task<HardwareEvidence> GetEvidenceAsync(ReportData reportData, CancellationToken cancellation = default) =>
        Task.Run(() => Get(reportData, cancellation), cancellation);

    private HardwareEvidence Get(ReportData reportData, CancellationToken cancellation)
    {
        Exception? last = null;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                if (Attempt(reportData) is { } evidence) return evidence;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // EBUSY and EWOULDBLOCK among them: the provider is serving someone else.
                last = e;
            }
        }

        throw new UnavailableException(Source, last?.Message ?? "another writer changed the request each time", last);
    }

    private HardwareEvidence? Attempt(ReportData reportData)
    {
        var folder = Path.Combine(Source, "cove-" + RandomNumberGenerator.GetHexString(32, lowercase: true));
        files.CreateFolder(folder);
        try
        {
            files.Write(Path.Combine(folder, "inblob"), reportData.Bytes);

            // Each successful write adds one to the generation. Ours was the only one exactly if it is 1 before and after reading.
            if (!IsUndisturbed(folder)) return null;
            var evidence = files.Read(Path.Combine(folder, "outblob"), BlobLimit);
            var format = Provider(folder);
            var certificates = format == EvidenceFormat.SnpReport ? files.Read(Path.Combine(folder, "auxblob"), BlobLimit) : [];
            if (!IsUndisturbed(folder)) return null;
            return format == EvidenceFormat.SnpReport
                ? SnpReportBinding.Take(evidence, reportData, certificates)
                : new HardwareEvidence(format, evidence);
        }
        finally
        {
            files.RemoveFolder(folder);
        }
    }

    private bool IsUndisturbed(string folder) =>
        int.TryParse(Text(Path.Combine(folder, "generation")), NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
        && generation == 1;

    private EvidenceFormat Provider(string folder) => Text(Path.Combine(folder, "provider")) switch
    {
        "sev_guest" => EvidenceFormat.SnpReport,
        "tdx_guest" => EvidenceFormat.TdxQuote,
        var other => throw new UnavailableException(Source, $"its provider {other} makes evidence of a kind that is not known here"),
    };

    private string Text(string path) => Encoding.ASCII.GetString(files.Read(path, TextLimit)).TrimEnd('\n');
}
