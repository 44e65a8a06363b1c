using System.Globalization;
using Cove.Outcomes;

namespace Cove.Keys.Audit;

/// <summary>
/// How far a log went at some time, in words that a person can keep: <c>NUMBER:HASH</c>. Whoever keeps it elsewhere finds out when the
/// log's end was cut off or its past was written anew, which the log by itself cannot show.
/// </summary>
/// <param name="Number">The number of the newest record; 0 before the first.</param>
/// <param name="Hash">Its hash, 64 hex digits; zeros before the first.</param>
public readonly record struct AuditHead(long Number, string Hash)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="MalformedException">It is not of that form.</exception>
    public static AuditHead Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new MalformedException("audit head", "number", "is not NUMBER:HASH, as an earlier verification printed it");
        var hash = text[(colon + 1)..].ToLowerInvariant();
        return hash.Length == 2 * AuditChain.HashLength && hash.All(char.IsAsciiHexDigitLower)
            ? new(number, hash)
            : throw new MalformedException("audit head", "hash", $"is not {2 * AuditChain.HashLength} hex digits");
    }

    /// <summary><c>NUMBER:HASH</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}:{Hash}");
}
