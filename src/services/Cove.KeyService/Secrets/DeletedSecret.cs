namespace Cove.KeyService.Secrets;

/// <summary>A secret in its recoverable time after deletion: its newest version and the dates.</summary>
internal sealed record DeletedSecret(StoredSecret Secret, DateTimeOffset Deleted, DateTimeOffset ScheduledPurge);
