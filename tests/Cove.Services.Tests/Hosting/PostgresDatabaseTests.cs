using Cove.Hosting.CommandLine;
using Cove.Hosting.Storage;
using Cove.Outcomes;
using Npgsql;

namespace Cove.Services.Tests.Hosting;

public sealed class PostgresDatabaseTests(PostgresServer server) : DatabaseTests
{
    private string? _connectionString;

    [Fact]
    public async Task Instances_that_start_together_make_the_schema_once()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync(["CREATE TABLE item (name TEXT PRIMARY KEY)"])));
        foreach (var database in all)
        {
            await database.WriteAsync(c => Insert(c, $"{Guid.NewGuid()}"), CancellationToken.None);
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_lost_connection_fails_what_used_it_and_nothing_later()
    {
        await using var database = await OpenAsync(["CREATE TABLE item (name TEXT PRIMARY KEY)"]);
        var lost = await Assert.ThrowsAsync<UnavailableException>(() => database.WriteAsync(
            c =>
            {
                Insert(c, "lost");
                Terminate(((NpgsqlConnection)c).ProcessID);
                return Insert(c, "never");
            },
            CancellationToken.None));
        Assert.Contains("the database", lost.Message, StringComparison.Ordinal);
        await database.WriteAsync(c => Insert(c, "kept"), CancellationToken.None);
        Assert.Equal(1, database.Read(Count));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        var elsewhere = new NpgsqlConnectionStringBuilder(await ConnectionStringAsync()) { Host = "/nonexistent" };
        Assert.Throws<UnavailableException>(() => Database.OpenPostgres(elsewhere.ConnectionString, []));
    }

    [Theory]
    [InlineData("Host=/run/postgresql;Database=cove", true)]
    [InlineData("Host=127.0.0.1;Database=cove", true)]
    [InlineData("Host=db.example;Database=cove;SSL Mode=VerifyFull", true)]
    [InlineData("Host=db.example;Database=cove", false)]
    [InlineData("Host=db.example;Database=cove;SSL Mode=Require", false)]
    [InlineData("Host=localhost,db.example;Database=cove", false)]
    [InlineData("Database=cove", false)]
    [InlineData("nonsense", false)]
    [InlineData("", false)]
    public void A_server_elsewhere_must_be_verified(string connectionString, bool accepted)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, connectionString + "\n");
            Assert.Equal(accepted, Accepts(file));
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
            Assert.False(Accepts(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void State_is_kept_in_one_place()
    {
        Assert.Throws<UsageException>(() => Options());
        Assert.Throws<UsageException>(() => Options("--data", "/tmp/a", "--postgres", "/tmp/b"));
        Assert.False(Options("--data", "/tmp/a").IsShared);
    }

    internal override async Task<Database> OpenAsync(IReadOnlyList<string> schema)
    {
        var connectionString = await ConnectionStringAsync();
        return await Task.Run(() => Database.OpenPostgres(connectionString, schema));
    }

    private static DatabaseOptions Options(params string[] args) => DatabaseOptions.From(ServiceArguments.Parse(args, DatabaseOptions.Names, [], "usage"), "usage");

    private static bool Accepts(string file)
    {
        try
        {
            return Options("--postgres", file).IsShared;
        }
        catch (UsageException)
        {
            return false;
        }
    }

    private async Task<string> ConnectionStringAsync() => _connectionString ??= await server.NewDatabaseAsync();

    private void Terminate(int process)
    {
        using var source = NpgsqlDataSource.Create(_connectionString!);
        using var end = source.CreateCommand($"SELECT pg_terminate_backend({process})");
        end.ExecuteNonQuery();
    }
}
