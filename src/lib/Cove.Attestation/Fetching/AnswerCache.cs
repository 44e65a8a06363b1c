using System.Security.Cryptography;
using System.Text;
using Cove.Formats.Files;

namespace Cove.Attestation.Fetching;

/// <summary>
/// What was fetched once, in a folder: each answer in a file named after its SHA-256, and for each request a small file that names the answer.
/// Files are written whole and the hash is checked on reading, so a damaged or half-written file is the same as none; several processes may
/// share a folder, and a copy of it serves a machine without network. Nothing in it is trusted: verification is of the signatures.
/// </summary>
public sealed class AnswerCache
{
    /// <summary>Most answers that are kept; beyond it those fetched longest ago go.</summary>
    public const int MaximumEntries = 16_384;

    /// <summary>Largest answer that is kept, in bytes.</summary>
    public const int MaximumAnswer = 1024 * 1024;

    private readonly string _answers;
    private readonly string _requests;
    private readonly int _maximumEntries;

    /// <summary>A cache in this folder, which is made when something is first kept.</summary>
    public AnswerCache(string folder)
        : this(folder, MaximumEntries)
    {
    }

    internal AnswerCache(string folder, int maximumEntries)
    {
        _answers = Path.Combine(folder, "sha256");
        _requests = Path.Combine(folder, "requests");
        _maximumEntries = maximumEntries;
    }

    /// <summary>The answer to a request and when it was fetched; null where it is not there, or damaged.</summary>
    /// <param name="request">Path and query.</param>
    public (byte[] Answer, DateTimeOffset FetchedAt)? Find(string request)
    {
        try
        {
            var named = new FileInfo(RequestFile(request));
            if (!named.Exists || named.Length != 2 * SHA256.HashSizeInBytes) return null;
            var hash = File.ReadAllText(named.FullName);
            if (!hash.All(char.IsAsciiHexDigitLower)) return null;
            var answer = new FileInfo(Path.Combine(_answers, hash));
            if (!answer.Exists || answer.Length > MaximumAnswer) return null;
            var bytes = File.ReadAllBytes(answer.FullName);
            return Convert.ToHexStringLower(SHA256.HashData(bytes)) == hash ? (bytes, new DateTimeOffset(named.LastWriteTimeUtc, TimeSpan.Zero)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process may just have taken the file away; a cache that cannot be read is an empty one.
            return null;
        }
    }

    /// <summary>Keeps an answer.</summary>
    /// <param name="request">Path and query.</param>
    /// <param name="answer">The answer's body; one over <see cref="MaximumAnswer"/> is not kept.</param>
    /// <param name="fetchedAt">When it was fetched.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public void Keep(string request, ReadOnlySpan<byte> answer, DateTimeOffset fetchedAt)
    {
        if (answer.Length > MaximumAnswer) return;
        Directory.CreateDirectory(_answers);
        Directory.CreateDirectory(_requests);
        var hash = Convert.ToHexStringLower(SHA256.HashData(answer));
        // An answer that is there under its hash but damaged is put in place again.
        WholeFile.Replace(Path.Combine(_answers, hash), answer);
        var named = RequestFile(request);
        WholeFile.Replace(named, Encoding.ASCII.GetBytes(hash));
        File.SetLastWriteTimeUtc(named, fetchedAt.UtcDateTime);
        RemoveOldest();
    }

    private void RemoveOldest()
    {
        var requests = new DirectoryInfo(_requests).GetFiles();
        if (requests.Length <= _maximumEntries) return;
        foreach (var old in requests.OrderBy(file => file.LastWriteTimeUtc).Take(requests.Length - _maximumEntries)) old.Delete();
        var named = new DirectoryInfo(_requests).GetFiles().Select(file => File.ReadAllText(file.FullName)).ToHashSet(StringComparer.Ordinal);
        foreach (var answer in new DirectoryInfo(_answers).GetFiles().Where(answer => !named.Contains(answer.Name))) answer.Delete();
    }

    private string RequestFile(string request) => Path.Combine(_requests, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request))));
}
