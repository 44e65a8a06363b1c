using System.Data;
using System.Data.Common;
using Cove.Outcomes;
using Npgsql;

namespace Cove.Hosting.Storage;

/// <summary>A PostgreSQL database that several instances of a service share.</summary>
internal sealed class PostgresEngine : IDatabaseEngine
{
    // An instance that stops in the middle of a write must not keep the others from writing.
    private const string SessionSettings = "-c synchronous_commit=on -c lock_timeout=10s -c idle_in_transaction_session_timeout=10s";

    // Of this service's tables, not of the whole server: another schema of the same database has a lock of its own.
    private const string LockWriting = "SELECT pg_advisory_xact_lock(1129272901, hashtext(current_schema()))";

    private readonly NpgsqlDataSource _source;

    private PostgresEngine(NpgsqlDataSource source, string name) => (_source, Name) = (source, name);

    public string Name { get; }

    public static PostgresEngine Open(string connectionString, IReadOnlyList<string> schema)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        settings.Options = string.IsNullOrEmpty(settings.Options) ? SessionSettings : $"{settings.Options} {SessionSettings}";
        var engine = new PostgresEngine(NpgsqlDataSource.Create(settings), $"the database {settings.Database} on {settings.Host}");
        try
        {
            using var connection = engine._source.OpenConnection();
            engine.Upgrade(connection, schema);
            return engine;
        }
        catch (Exception e)
        {
            engine._source.Dispose();
            if (e is DbException) throw new UnavailableException(engine.Name, e.Message, e);
            throw;
        }
    }

    public DbConnection OpenWriter() => _source.OpenConnection();

    public void BeginWriting(DbConnection writer)
    {
        // The lock comes before the first look at the rows: READ COMMITTED then shows all that earlier writers left.
        writer.Execute("BEGIN ISOLATION LEVEL READ COMMITTED");
        writer.Execute(LockWriting);
    }

    public bool Abandon(DbConnection writer) => false;

    public async ValueTask<DbConnection> TakeReaderAsync(CancellationToken cancellationToken) => await _source.OpenConnectionAsync(cancellationToken);

    public DbConnection TakeReader() => _source.OpenConnection();

    public DbTransaction View(DbConnection reader) => reader.BeginTransaction(IsolationLevel.RepeatableRead);

    public void GiveBack(DbConnection reader) => reader.Dispose();

    public bool IsOutage(DbException exception) => exception is not PostgresException failed || failed.SqlState is { Length: 5 } state && state[..2] switch
    {
        // Connection, authorisation, resources, a lock not had in time or an operator's intervention, the system, the configuration, an internal error.
        "08" or "28" or "53" or "55" or "57" or "58" or "F0" or "XX" => true,
        // Ended for idling within a transaction; there is no such database (any more).
        _ => state is "25P03" or PostgresErrorCodes.InvalidCatalogName,
    };

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private void Upgrade(NpgsqlConnection connection, IReadOnlyList<string> schema)
    {
        using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
        connection.Execute(LockWriting);
        connection.Execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)");
        using var ask = connection.Command("SELECT coalesce(max(version), 0) FROM schema_version");
        var version = Convert.ToInt32(ask.ExecuteScalar());
        if (version > schema.Count) throw new UnavailableException(Name, $"its schema is version {version}, and this service knows {schema.Count}");
        if (version == schema.Count) return;
        for (; version < schema.Count; version++) connection.Execute(schema[version]);
        connection.Execute("DELETE FROM schema_version");
        connection.Execute("INSERT INTO schema_version (version) VALUES (@version)", ("@version", version));
        transaction.Commit();
    }
}
