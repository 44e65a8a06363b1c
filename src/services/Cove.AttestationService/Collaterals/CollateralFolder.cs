using Cove.Attestation.Dcap;
using Cove.Outcomes;

namespace Cove.AttestationService.Collaterals;

/// <summary>
/// A folder of collateral for SGX and TDX, as an operator or a job of theirs keeps it: each file a JSON document, each folder in it one set of
/// single files. Looked at again when something in it has changed.
/// </summary>
internal sealed class CollateralFolder(string path, TimeProvider clock, ILogger log)
{
    private const int MaximumSets = 1024;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private IReadOnlyList<DcapCollateral> _sets = [];
    private string _listing = "";
    private long? _looked;

    /// <summary>The newest set for such platforms; null where there is none.</summary>
    /// <param name="tee">SGX or TDX.</param>
    /// <param name="pck">The platform's certificate.</param>
    public DcapCollateral? Find(QuoteTee tee, PckCertificate pck)
    {
        DcapCollateral? newest = null;
        foreach (var set in Sets())
        {
            if (set.TcbInfo.Tee != tee || set.QeIdentity.Tee != tee || !set.TcbInfo.Fmspc.Span.SequenceEqual(pck.Fmspc.Span)) continue;
            // Two authorities issue PCK certificates, each with a revocation list of its own.
            if (set.PckCrlIssuerChain is not [var authority, ..] || authority.Subject.CommonName != pck.Certificate.Issuer.CommonName) continue;
            if (newest is null || set.TcbInfo.IssueDate > newest.TcbInfo.IssueDate) newest = set;
        }

        return newest;
    }

    private IReadOnlyList<DcapCollateral> Sets()
    {
        lock (_gate)
        {
            if (_looked is { } looked && clock.GetElapsedTime(looked) < LookAgain) return _sets;
            _looked = clock.GetTimestamp();
            var listing = Listing();
            if (listing == _listing) return _sets;
            _sets = Read();
            _listing = listing;
            return _sets;
        }
    }

    private string Listing() => string.Join(
        '\n',
        new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.FullName, StringComparer.Ordinal)
            .Select(file => $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}"));

    private List<DcapCollateral> Read()
    {
        List<DcapCollateral> sets = [];
        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (sets.Count == MaximumSets)
            {
                log.LogWarning("{Path} holds more than {Maximum} sets of collateral; the others are not read", path, MaximumSets);
                break;
            }

            try
            {
                if (entry is FileInfo file) sets.Add(DcapCollateral.Parse(Contents(file)));
                else if (entry is DirectoryInfo folder) sets.Add(DcapCollateral.FromFiles(folder.EnumerateFiles().ToDictionary(single => Path.GetFileNameWithoutExtension(single.Name), Contents, StringComparer.Ordinal)));
            }
            catch (Exception bad) when (bad is MalformedException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                // Another set may serve the same platforms; where none does, quotes of theirs are refused.
                log.LogWarning("collateral {Path} is left out: {Message}", entry.FullName, bad.Message);
            }
        }

        return sets;
    }

    private static ReadOnlyMemory<byte> Contents(FileInfo file) => file.Length <= DcapCollateral.MaximumSize
        ? File.ReadAllBytes(file.FullName)
        : throw new MalformedException("DCAP collateral", file.Name, $"is over {DcapCollateral.MaximumSize} bytes");
}
