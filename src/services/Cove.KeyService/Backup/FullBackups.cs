using System.Collections.Concurrent;
using System.Data.Common;
using Cove.Hosting.Errors;
using Cove.Hosting.Storage;
using Cove.KeyService.Access;
using Cove.KeyService.Audit;
using Cove.Outcomes;
using Cove.Volumes.Blobs;

namespace Cove.KeyService.Backup;

/// <summary>Runs full backups and restores behind the requests that started them. A restore reads and checks the whole backup before it changes anything, and then
/// changes everything in one transaction.</summary>
internal sealed class FullBackups(Database database, BackupJobStore jobs, BackupStorage storage, MasterKey master, Uri vault, TimeProvider clock) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Guid, Task> _running = [];

    /// <summary>Starts a backup.</summary>
    public void Back(BackupJob job, BackupPlace place, Caller caller, string requestId, ILogger log) => Run(job, caller, requestId, log, async cancellation =>
    {
        var snapshot = database.Read(connection => Snapshot.Write(connection, place.Name, vault, clock.GetUtcNow()));
        await storage.WriteAsync(place, SealedSnapshot.Seal(master, place.Name, snapshot), cancellation);
        return static _ => { };
    });

    /// <summary>Starts a restore of everything, or of the job's key.</summary>
    public void Restore(BackupJob job, BackupPlace place, Caller caller, string requestId, ILogger log) => Run(job, caller, requestId, log, async cancellation =>
    {
        var rows = Snapshot.Read(SealedSnapshot.Open(master, place.Name, await storage.ReadAsync(place, cancellation)));
        if (job.Key is not { } key) return connection => BackupContent.ReplaceAll(connection, rows);
        var its = BackupContent.OfKey(rows, key);
        return its.Count > 0 ? connection => BackupContent.AddKey(connection, key, its)
            : throw new ServiceException(404, "KeyNotFound", $"The backup has no key {key}.");
    });

    /// <summary>Stops what runs, each with its end in the audit log.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Values);
        _stopping.Dispose();
    }

    private void Run(BackupJob job, Caller caller, string requestId, ILogger log, Func<CancellationToken, Task<Action<DbConnection>>> work)
    {
        var entry = new AuditEntry(job.Operation, job.Subject, caller.Subject, requestId, []);
        var running = Task.Run(() => RunAsync(job, entry, log, work));
        _running[job.Id] = running;
        _ = running.ContinueWith(ended => _running.TryRemove(job.Id, out _), TaskScheduler.Default);
    }

    private async Task RunAsync(BackupJob job, AuditEntry entry, ILogger log, Func<CancellationToken, Task<Action<DbConnection>>> work)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        limit.CancelAfter(BackupJob.Longest);
        try
        {
            try
            {
                await jobs.EndAsync(job, await work(limit.Token), entry);
            }
            catch (Exception e)
            {
                if (Describe(e) is not { } finding)
                {
                    log.LogError(e, "{Operation} {Job} failed", entry.Operation, job.Id);
                    finding = new("backup-failed", "job", "success", "an internal error, whose details are in the service's log");
                }

                await jobs.EndAsync(job, static _ => { }, entry with { Findings = [finding] });
            }
        }
        catch (Exception e)
        {
            // Nobody waits for this task. The job fails when its time is over.
            log.LogError(e, "the end of {Operation} {Job} could not be written", entry.Operation, job.Id);
        }
    }

    private Finding? Describe(Exception e) => e switch
    {
        BlobRefusedException refused => new("backup-storage-refused", "storage", "a container that this token reads and writes", refused.Message),
        UnavailableException unavailable => new("backup-storage-unavailable", "storage", "an answer", unavailable.Message),
        MalformedException malformed => new("backup-not-authentic", "backup", "a backup of this folder, made under this master key and unchanged", malformed.Message),
        ServiceException { Status: 404 } absent => new("backup-key-missing", "key", "a key of the backup", absent.Message),
        ServiceException conflict => new("backup-key-exists", "key", "no key of that name, deleted or not", conflict.Message),
        OperationCanceledException => new("backup-interrupted", "job", $"an end within {BackupJob.Longest.TotalMinutes} minutes", _stopping.IsCancellationRequested ? "the service stops" : "none"),
        _ => null,
    };
}
