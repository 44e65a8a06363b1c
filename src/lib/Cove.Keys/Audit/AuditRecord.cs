namespace Cove.Keys.Audit;

/// <summary>One row of a key service's audit log.</summary>
/// <param name="Number">Its place, counted from 1.</param>
/// <param name="Entry">What happened: JSON in UTF-8, exactly the bytes that were hashed.</param>
/// <param name="Hash">SHA-256 over the hash before it and <paramref name="Entry"/>, 32 bytes.</param>
public sealed record AuditRecord(long Number, ReadOnlyMemory<byte> Entry, ReadOnlyMemory<byte> Hash);
