namespace Cove.KeyService.Backup;

/// <summary>What a job of full backup does. The numbers are in databases.</summary>
internal enum BackupKind
{
    Backup = 1,
    Restore = 2,
    KeyRestore = 3,
}
