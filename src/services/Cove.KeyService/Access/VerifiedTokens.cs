using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Cove.Formats.Jose;

namespace Cove.KeyService.Access;

/// <summary>
/// Access tokens whose signature was found good, so that a client's token, which comes with every request for an hour, is verified once. A signature over the
/// same bytes by the same key stays good, and the issuers' keys do not change while the service runs; lifetime, audience and roles are judged each time anew.
/// Found by digest, so that how long a search takes says nothing of another's token; what does not verify never gets in.
/// </summary>
internal sealed class VerifiedTokens
{
    private const int Most = 1024;
    private readonly ConcurrentDictionary<string, VerifiedJws> _tokens = new(StringComparer.Ordinal);

    /// <summary>The verified token, or null where this text was not verified yet.</summary>
    public VerifiedJws? Find(string text) => _tokens.GetValueOrDefault(Digest(text));

    public void Add(string text, VerifiedJws verified)
    {
        if (_tokens.Count >= Most) _tokens.Clear();
        _tokens[Digest(text)] = verified;
    }

    private static string Digest(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
