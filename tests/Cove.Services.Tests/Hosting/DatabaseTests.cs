using Cove.Hosting.Storage;
using Cove.Outcomes;
using Microsoft.Data.Sqlite;

namespace Cove.Services.Tests.Hosting;

public sealed class DatabaseTests : IDisposable
{
    private static readonly string[] Schema = ["CREATE TABLE item (name TEXT PRIMARY KEY)"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cove-test-");

    private string DatabasePath => Path.Combine(_folder.FullName, "state.db");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Many_writes_at_once_are_all_there_after_reopening()
    {
        await using (var database = Database.Open(DatabasePath, Schema))
            await Task.WhenAll(Enumerable.Range(0, 500).Select(i => database.WriteAsync(c => Insert(c, $"n{i}"), CancellationToken.None)));
        await using var again = Database.Open(DatabasePath, Schema);
        Assert.Equal(500, again.Read(Count));
    }

    [Fact]
    public async Task A_write_that_fails_undoes_itself_and_not_its_neighbours()
    {
        await using var database = Database.Open(DatabasePath, Schema);
        var writes = Enumerable.Range(0, 100).Select(i => database.WriteAsync(
            c =>
            {
                Insert(c, $"n{i}");
                return i % 10 == 0 ? throw new InvalidOperationException("mine") : i;
            },
            CancellationToken.None)).ToList();
        foreach (var (write, i) in writes.Select((w, i) => (w, i)))
        {
            if (i % 10 == 0) await Assert.ThrowsAsync<InvalidOperationException>(() => write);
            else Assert.Equal(i, await write);
        }

        Assert.Equal(90, database.Read(Count));
    }

    [Fact]
    public async Task A_conflict_is_the_writers_own_failure()
    {
        await using var database = Database.Open(DatabasePath, Schema);
        await database.WriteAsync(c => Insert(c, "a"), CancellationToken.None);
        await Assert.ThrowsAsync<SqliteException>(() => database.WriteAsync(c => Insert(c, "a"), CancellationToken.None));
        Assert.Equal(1, database.Read(Count));
    }

    [Fact]
    public async Task A_schema_of_a_newer_service_is_refused_and_an_older_one_is_brought_up_to_date()
    {
        await using (Database.Open(DatabasePath, Schema)) { }
        await using (var newer = Database.Open(DatabasePath, [.. Schema, "ALTER TABLE item ADD COLUMN note TEXT"]))
            await newer.WriteAsync(c => Insert(c, "a"), CancellationToken.None);
        Assert.Throws<UnavailableException>(() => Database.Open(DatabasePath, Schema));
    }

    [Fact]
    public async Task Only_the_owner_may_read_the_file()
    {
        await using var database = Database.Open(DatabasePath, Schema);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(DatabasePath));
    }

    private static int Insert(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO item (name) VALUES ($name)";
        command.Parameters.AddWithValue("$name", name);
        return command.ExecuteNonQuery();
    }

    private static long Count(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM item";
        return (long)command.ExecuteScalar()!;
    }
}
