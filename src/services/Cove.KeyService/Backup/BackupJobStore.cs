using System.Data.Common;
using Cove.Hosting.Errors;
using Cove.Hosting.Storage;
using Cove.KeyService.Audit;
using Cove.Outcomes;

namespace Cove.KeyService.Backup;

/// <summary>The backups and restores that were accepted, where every instance sees them. One runs at a time. Each beginning and each end is in the audit log by
/// the same transaction.</summary>
internal sealed class BackupJobStore(Database database, AuditLog audit, TimeProvider clock)
{
    private const string Columns = "id, kind, key, folder, started, ended, code, details";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Accepts a job.</summary>
    /// <exception cref="ServiceException">409: another one runs.</exception>
    public Task<BackupJob> BeginAsync(BackupKind kind, string? key, string folder, AuditEntry entry, CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var now = DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
            if (Jobs(connection, "ended IS NULL").Any(j => j.IsRunning(now))) throw new ServiceException(409, "Conflict", "Another backup or restore is in progress.");
            connection.Execute("DELETE FROM job WHERE started < @before", ("@before", (now - Kept).ToUnixTimeSeconds()));
            var job = new BackupJob(Guid.NewGuid(), kind, key, folder, now, null, null, null);
            connection.Execute($"INSERT INTO job ({Columns}) VALUES (@id, @kind, @key, @folder, @started, NULL, NULL, NULL)",
                ("@id", Text(job.Id)), ("@kind", (long)kind), ("@key", key), ("@folder", folder), ("@started", now.ToUnixTimeSeconds()));
            audit.Append(connection, entry);
            return job;
        },
        cancellationToken);

    /// <summary>Ends a job, with the change that it makes or with why it makes none.</summary>
    /// <param name="job">The job.</param>
    /// <param name="change">What it changes, in the same transaction; what it throws undoes everything.</param>
    /// <param name="entry">For the audit log; its first finding is why the job failed.</param>
    public Task<bool> EndAsync(BackupJob job, Action<DbConnection> change, AuditEntry entry) => database.WriteAsync(
        connection =>
        {
            var why = entry.Findings.Count > 0 ? entry.Findings[0] : null;
            // Whoever is told of a failure after the time limit must not find the change made.
            if (connection.Execute("UPDATE job SET ended = @ended, code = @code, details = @details WHERE id = @id AND ended IS NULL",
                ("@id", Text(job.Id)), ("@ended", clock.GetUtcNow().ToUnixTimeSeconds()), ("@code", why?.Code), ("@details", why?.ToString())) == 0 || (why is null && !job.IsRunning(clock.GetUtcNow())))
                throw new OperationCanceledException("the job has ended without this");
            change(connection);
            audit.Append(connection, entry);
            return true;
        },
        CancellationToken.None);

    /// <summary>Ends what a process that is gone left running. Only where no other instance shares the state: its jobs would look the same.</summary>
    public Task<int> EndLostAsync(CancellationToken cancellationToken) => database.WriteAsync(
        connection =>
        {
            var lost = Jobs(connection, "ended IS NULL");
            foreach (var job in lost)
            {
                var why = new Finding("backup-interrupted", "job", "an end", "the service ended before it");
                connection.Execute("UPDATE job SET ended = @ended, code = @code, details = @details WHERE id = @id",
                    ("@id", Text(job.Id)), ("@ended", clock.GetUtcNow().ToUnixTimeSeconds()), ("@code", why.Code), ("@details", why.ToString()));
                audit.Append(connection, new(job.Operation, job.Subject, "start", "start", [why]));
            }

            return lost.Count;
        },
        cancellationToken);

    /// <summary>A job; null where there is none. One that has lost its process has failed.</summary>
    public BackupJob? Find(Guid id) => database.Read(connection => Jobs(connection, "id = @id", ("@id", Text(id)))) switch
    {
        [{ Ended: null } job] when !job.IsRunning(clock.GetUtcNow())
            => job with { Ended = job.Started + BackupJob.Longest, Code = "InternalServerError", Details = "The instance that ran it ended before it did." },
        [var job] => job,
        _ => null,
    };

    private static List<BackupJob> Jobs(DbConnection connection, string where, params ReadOnlySpan<(string, object?)> values)
    {
        using var command = connection.Command($"SELECT {Columns} FROM job WHERE {where}", values);
        using var row = command.ExecuteReader();
        var jobs = new List<BackupJob>();
        while (row.Read())
            jobs.Add(new(Guid.Parse(row.GetString(0)), (BackupKind)row.GetInt64(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3),
                DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(4)), row.IsDBNull(5) ? null : DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(5)),
                row.IsDBNull(6) ? null : row.GetString(6), row.IsDBNull(7) ? null : row.GetString(7)));
        return jobs;
    }

    private static string Text(Guid id) => id.ToString("N");
}
