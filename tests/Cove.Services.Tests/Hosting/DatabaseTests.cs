using System.Data.Common;
using Cove.Hosting.Storage;
using Cove.Outcomes;

namespace Cove.Services.Tests.Hosting;

/// <summary>What holds of every engine.</summary>
public abstract class DatabaseTests
{
    private static readonly string[] Schema = ["CREATE TABLE item (name TEXT PRIMARY KEY, number BIGINT NOT NULL DEFAULT 0)"];

    [Fact]
    public async Task Many_writes_at_once_are_all_there_after_reopening()
    {
        await using (var database = await OpenAsync(Schema))
            await Task.WhenAll(Enumerable.Range(0, 500).Select(i => database.WriteAsync(c => Insert(c, $"n{i}"), CancellationToken.None)));
        await using var again = await OpenAsync(Schema);
        Assert.Equal(500, again.Read(Count));
    }

    [Fact]
    public async Task A_write_that_fails_undoes_itself_and_not_its_neighbours()
    {
        await using var database = await OpenAsync(Schema);
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
        await using var database = await OpenAsync(Schema);
        await database.WriteAsync(c => Insert(c, "a"), CancellationToken.None);
        await Assert.ThrowsAnyAsync<DbException>(() => database.WriteAsync(c => Insert(c, "a"), CancellationToken.None));
        Assert.Equal(1, database.Read(Count));
        Assert.Equal(1, await database.WriteAsync(c => Insert(c, "b"), CancellationToken.None));
    }

    [Fact]
    public async Task A_schema_of_a_newer_service_is_refused_and_an_older_one_is_brought_up_to_date()
    {
        await using (await OpenAsync(Schema)) { }
        await using (var newer = await OpenAsync([.. Schema, "ALTER TABLE item ADD COLUMN note TEXT"]))
            await newer.WriteAsync(c => Insert(c, "a"), CancellationToken.None);
        await Assert.ThrowsAsync<UnavailableException>(() => OpenAsync(Schema));
    }

    [Fact]
    public async Task Nobody_writes_between_what_a_write_reads_and_what_it_changes()
    {
        await using var one = await OpenAsync(Schema);
        await using var other = await OpenAsync(Schema);
        await one.WriteAsync(c => Insert(c, "counter"), CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => (i % 2 == 0 ? one : other).WriteAsync(
            c => c.Execute("UPDATE item SET number = @number WHERE name = 'counter'", ("@number", Number(c) + 1)),
            CancellationToken.None)));
        Assert.Equal(200, other.Read(Number));
    }

    [Fact]
    public async Task A_read_sees_one_state_however_long_it_takes()
    {
        await using var database = await OpenAsync(Schema);
        await database.WriteAsync(c => Insert(c, "a"), CancellationToken.None);
        var seen = await database.ReadAsync(
            async (connection, stop) =>
            {
                var before = Count(connection);
                await database.WriteAsync(c => Insert(c, "b"), stop);
                return (before, Count(connection));
            },
            CancellationToken.None);
        Assert.Equal((1, 1), seen);
        Assert.Equal(2, database.Read(Count));
    }

    internal abstract Task<Database> OpenAsync(IReadOnlyList<string> schema);

    private protected static int Insert(DbConnection connection, string name) => connection.Execute("INSERT INTO item (name) VALUES (@name)", ("@name", name));

    private protected static long Count(DbConnection connection) => Scalar(connection, "SELECT count(*) FROM item");

    private static long Number(DbConnection connection) => Scalar(connection, "SELECT number FROM item WHERE name = 'counter'");

    private static long Scalar(DbConnection connection, string sql)
    {
        using var command = connection.Command(sql);
        return (long)command.ExecuteScalar()!;
    }
}
