using System.Text;
using Cove.Hosting.Storage;
using Cove.KeyService.Audit;
using Cove.KeyService.Backup;
using Cove.KeyService.Storage;
using Cove.Outcomes;
using Cove.Services.Tests.Attestation;
using Cove.Services.Tests.Hosting;

namespace Cove.Services.Tests.Keys;

public sealed class SnapshotTests(PostgresServer postgres) : IDisposable
{
    private const string About = """{"format":"cove-full-backup","version":1,"name":"n","vault":"https://v/","at":"2026-01-01T00:00:00Z"}""";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cove-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_one_database_holds_another_has_after_a_restore_and_what_it_had_is_gone()
    {
        await using var from = await FilledAsync("from");
        await using var to = await FilledAsync("to", key: "Older");
        await CopyAsync(from, to);
        Assert.Equal(Text(from), Text(to));
        Assert.DoesNotContain("Older", Text(to), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_of_one_kind_of_database_is_restored_in_the_other()
    {
        await using var from = await FilledAsync("from");
        await using var to = Database.OpenPostgres(await postgres.NewDatabaseAsync(), KeySchema.Postgres);
        await CopyAsync(from, to);
        Assert.Equal(Text(from), Text(to));
        await using var back = await FilledAsync("back", key: "Older");
        await CopyAsync(to, back);
        Assert.Equal(Text(from), Text(back));
    }

    [Fact]
    public async Task Every_table_is_in_a_backup_or_is_known_not_to_be()
    {
        await using var database = await FilledAsync("tables");
        var tables = database.Read(connection =>
        {
            using var command = connection.Command("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
            using var row = command.ExecuteReader();
            var names = new List<string>();
            while (row.Read()) names.Add(row.GetString(0));
            return names;
        });
        Assert.Equal([.. BackupTable.All.Select(t => t.Name).Concat(["audit", "meta", "job"]).Order(StringComparer.Ordinal)], tables.Order(StringComparer.Ordinal));
        foreach (var table in BackupTable.All)
        {
            var columns = database.Read(connection =>
            {
                using var command = connection.Command($"SELECT name FROM pragma_table_info('{table.Name}')");
                using var row = command.ExecuteReader();
                var names = new List<string>();
                while (row.Read()) names.Add(row.GetString(0));
                return names;
            });
            Assert.Equal(columns.Where(c => c != "seq"), table.Columns.Select(c => c.Name));
        }
    }

    [Theory]
    [InlineData("""{"format":"cove-full-backup","version":2}""", "")]
    [InlineData("""{"format":"another","version":1}""", "")]
    [InlineData("""{"format":"cove-full-backup"}""", "")]
    [InlineData(About, """["audit",1,"",""]""")]
    [InlineData(About, """["setting","a"]""")]
    [InlineData(About, """["setting","a","b","c"]""")]
    [InlineData(About, """["setting","a",1]""")]
    [InlineData(About, """["key","k",1,null,null]""")]
    [InlineData(About, """{"setting":"a"}""")]
    [InlineData(About, "[]")]
    [InlineData(About, "not json")]
    public void Refuses_a_snapshot_of_a_kind_it_does_not_know(string first, string second)
    {
        Assert.Equal("a", Snapshot.Read(Encoding.UTF8.GetBytes($"{About}\n[\"setting\",\"a\",\"b\"]\n"))[0].Values[0]);
        Assert.Throws<MalformedException>(() => Snapshot.Read(Encoding.UTF8.GetBytes(second.Length > 0 ? $"{first}\n{second}\n" : $"{first}\n")));
        Assert.Throws<MalformedException>(() => Snapshot.Read(Encoding.UTF8.GetBytes($"{About}\n[\"setting\",\"a\",\"b\"]")));
    }

    [Fact]
    public async Task One_job_runs_at_a_time_and_one_that_lost_its_process_has_failed_and_changes_nothing_any_more()
    {
        await using var database = await FilledAsync("jobs");
        var clock = new AdjustableClock(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var jobs = new BackupJobStore(database, new AuditLog(database, clock), clock);
        var lost = await BeginAsync(jobs);
        Assert.Equal(409, (await Assert.ThrowsAsync<Cove.Hosting.Errors.ServiceException>(() => BeginAsync(jobs))).Status);
        clock.Now += BackupJob.Longest;
        Assert.Equal("Failed", jobs.Find(lost.Id)!.Status);
        var before = Text(database);
        await Assert.ThrowsAsync<OperationCanceledException>(() => jobs.EndAsync(lost, connection => BackupContent.ReplaceAll(connection, []), Entry));
        Assert.Equal(before, Text(database));
        var next = await BeginAsync(jobs);
        await jobs.EndAsync(next, connection => BackupContent.ReplaceAll(connection, []), Entry);
        Assert.Equal("Succeeded", jobs.Find(next.Id)!.Status);
        Assert.NotEqual(before, Text(database));
        await Assert.ThrowsAsync<OperationCanceledException>(() => jobs.EndAsync(next, _ => { }, Entry));
        Assert.Null(jobs.Find(Guid.NewGuid()));
    }

    [Fact]
    public async Task A_service_that_starts_again_ends_what_it_left_running()
    {
        await using var database = await FilledAsync("restarted");
        var jobs = new BackupJobStore(database, new AuditLog(database, TimeProvider.System), TimeProvider.System);
        var lost = await BeginAsync(jobs);
        Assert.Equal(1, await jobs.EndLostAsync(CancellationToken.None));
        Assert.Equal(("Failed", "backup-interrupted"), (jobs.Find(lost.Id)!.Status, jobs.Find(lost.Id)!.Code));
        await BeginAsync(jobs);
        Assert.Equal((3, null), AuditTrail.Follow(new AuditLog(database, TimeProvider.System)));
    }

    private static AuditEntry Entry => new("fullrestore", "folder", "caller", "request", []);

    private static Task<BackupJob> BeginAsync(BackupJobStore jobs) => jobs.BeginAsync(BackupKind.Restore, null, "folder", Entry, CancellationToken.None);

    private async Task<Database> FilledAsync(string file, string key = "Kept")
    {
        var database = Database.Open(Path.Combine(_folder.FullName, file), KeySchema.Sqlite);
        await database.WriteAsync(
            connection =>
            {
                connection.Execute("INSERT INTO key VALUES (@name, 1, NULL, NULL)", ("@name", key));
                connection.Execute("INSERT INTO key VALUES ('gone', 0, 1700000000, 1707776000)");
                foreach (var (name, version) in ((string, string)[])[(key, "2"), (key, "1"), ("gone", "3")])
                    connection.Execute("INSERT INTO key_version (name, version, kty, public, sealed, key_ops, enabled, created, updated, nbf, exp, tags, policy, policy_immutable, policy_content_type) VALUES (@name, @version, 'RSA-HSM', x'01ff', x'00', 'sign verify', 1, 5, 6, NULL, 7, '{\"ä\":\"\n\"}', x'7b7d', 1, 'application/json')",
                        ("@name", name), ("@version", version));
                connection.Execute("INSERT INTO rotation_policy VALUES (@name, '{}')", ("@name", key));
                connection.Execute("INSERT INTO secret VALUES ('word', NULL, NULL)");
                connection.Execute("INSERT INTO secret_version (name, version, sealed, content_type, enabled, created, updated, nbf, exp, tags) VALUES ('word', '1', x'02', NULL, 0, 5, 6, NULL, NULL, NULL)");
                connection.Execute("INSERT INTO role_definition VALUES ('role', '{}')");
                connection.Execute("INSERT INTO role_assignment VALUES ('assignment', '/keys', 'role', 'principal')");
                connection.Execute("INSERT INTO setting VALUES ('a', 'b')");
                return true;
            },
            CancellationToken.None);
        return database;
    }

    private static Task<bool> CopyAsync(Database from, Database to)
    {
        var rows = Snapshot.Read(Encoding.UTF8.GetBytes(Text(from)));
        return to.WriteAsync(
            connection =>
            {
                BackupContent.ReplaceAll(connection, rows);
                return true;
            },
            CancellationToken.None);
    }

    private static string Text(Database database) => Encoding.UTF8.GetString(database.Read(connection => Snapshot.Write(connection, "n", new("https://vault"), DateTimeOffset.UnixEpoch)));
}
