namespace Cove.KeyService.Backup;

/// <summary>One row of a backup. The first column of what belongs to a key is its name.</summary>
internal sealed record BackupRow(BackupTable Table, IReadOnlyList<object?> Values);
