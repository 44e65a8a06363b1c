namespace Cove.KeyService.Backup;

/// <summary>What a column holds, the same in both databases; each may be null.</summary>
internal enum ColumnKind
{
    Text,
    Number,
    Truth,
    Bytes,
}
