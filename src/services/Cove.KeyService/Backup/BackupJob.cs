namespace Cove.KeyService.Backup;

/// <summary>A backup or restore that was accepted, and how far it is.</summary>
/// <param name="Id">Names it in its URL.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Key">The only key that it restores; null for all.</param>
/// <param name="Folder">The URL of the backup's folder, without a signature.</param>
/// <param name="Started">When it was accepted.</param>
/// <param name="Ended">When it ended; null while it runs.</param>
/// <param name="Code">The code of what went wrong; null while nothing has.</param>
/// <param name="Details">What went wrong, in words.</param>
internal sealed record BackupJob(Guid Id, BackupKind Kind, string? Key, string Folder, DateTimeOffset Started, DateTimeOffset? Ended, string? Code, string? Details)
{
    /// <summary>How long one may take. One that is older and has no end has lost the process that ran it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>Its name in the audit log.</summary>
    public string Operation => Kind switch { BackupKind.Backup => "fullbackup", BackupKind.Restore => "fullrestore", _ => "keyrestore" };

    /// <summary>What the audit log says that it is about.</summary>
    public string Subject => Key is null ? Folder : $"{Key} from {Folder}";

    /// <summary>The status in Azure's words.</summary>
    public string Status => Ended is null ? "InProgress" : Code is null ? "Succeeded" : "Failed";

    /// <summary>Whether it still holds others back.</summary>
    public bool IsRunning(DateTimeOffset now) => Ended is null && now < Started + Longest;
}
