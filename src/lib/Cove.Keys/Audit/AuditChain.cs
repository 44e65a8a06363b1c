using System.Globalization;
using System.Security.Cryptography;
using Cove.Outcomes;

namespace Cove.Keys.Audit;

/// <summary>
/// Follows an audit log from its first record to its last, and stops at the first that does not follow from those before: changed, removed,
/// put in, or moved.
/// </summary>
public sealed class AuditChain
{
    /// <summary>Bytes of a record's hash.</summary>
    public const int HashLength = SHA256.HashSizeInBytes;

    private const string Section = "audit log";
    private byte[] hash = new byte[HashLength];
    private long number;
    private bool isBroken;

    /// <summary>The newest record that follows.</summary>
    public AuditHead Head => new(number, Convert.ToHexStringLower(hash));

    /// <summary>The hash of a record.</summary>
    /// <param name="before">The hash of the record before it; zeros for the first.</param>
    /// <param name="entry">The record's text.</param>
    public static byte[] Next(ReadOnlySpan<byte> before, ReadOnlySpan<byte> entry)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(before);
        sha.AppendData(entry);
        return sha.GetHashAndReset();
    }

    /// <summary>Takes the next record.</summary>
    /// <returns>Why it does not follow, or null.</returns>
    /// <exception cref="InvalidOperationException">An earlier one did not follow: nothing after it means anything.</exception>
    public Finding? Follow(AuditRecord record)
    {
        if (isBroken) throw new InvalidOperationException("the chain is broken already");
        var field = string.Create(CultureInfo.InvariantCulture, $"records[{number + 1}]");
        if (record.Number != number + 1)
        {
            isBroken = true;
            return new("audit-record-missing", field, $"record {number + 1}", $"record {record.Number}", Section);
        }

        var next = Next(hash, record.Entry.Span);
        if (!CryptographicOperations.FixedTimeEquals(next, record.Hash.Span))
        {
            isBroken = true;
            return new("audit-record-changed", field, Convert.ToHexStringLower(next), Convert.ToHexStringLower(record.Hash.Span), Section);
        }

        (hash, number) = (next, record.Number);
        return null;
    }

    /// <summary>Whether a log that was followed to its end still holds what was its head before: call it after each record, or with the last.</summary>
    /// <param name="known">The head kept from an earlier verification.</param>
    /// <returns>Why it does not; null where it does, or where the chain has not come that far.</returns>
    public Finding? Compare(AuditHead known) => known.Number == number && known.Hash != Head.Hash
        ? new("audit-history-rewritten", string.Create(CultureInfo.InvariantCulture, $"records[{number}]"), known.Hash, Head.Hash, Section)
        : null;

    /// <summary>Whether the end of the log was reached too early.</summary>
    /// <param name="known">The head kept from an earlier verification.</param>
    /// <returns>Why it was, or null.</returns>
    public Finding? End(AuditHead known) => known.Number > number
        ? new("audit-end-missing", "records", $"at least {known.Number} records", $"{number} records", Section)
        : null;
}
