namespace Cove.KeyService.Storage;

/// <summary>A key in its recoverable time after deletion: its newest version and the dates.</summary>
internal sealed record DeletedKey(StoredKey Key, DateTimeOffset Deleted, DateTimeOffset ScheduledPurge);
