using System.Collections.Concurrent;
using System.Data.Common;
using Cove.Outcomes;
using Microsoft.Data.Sqlite;

namespace Cove.Hosting.Storage;

/// <summary>A SQLite file in WAL mode with <c>synchronous=FULL</c>.</summary>
internal sealed class SqliteEngine : IDatabaseEngine
{
    private const int BusyMilliseconds = 5000;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _connectionString;
    private readonly ConcurrentBag<DbConnection> _readers = [];

    private SqliteEngine(string file)
    {
        Name = $"the database {file}";
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = BusyMilliseconds / 1000,
        }.ToString();
    }

    public string Name { get; }

    public static SqliteEngine Open(string file, IReadOnlyList<string> schema)
    {
        var engine = new SqliteEngine(file);
        try
        {
            using (File.Open(file, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, UnixCreateMode = OwnerOnly })) { }
            using var connection = engine.Connect();
            engine.Upgrade(connection, schema);
            return engine;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException(engine.Name, e.Message, e);
        }
    }

    public DbConnection OpenWriter() => Connect();

    public void BeginWriting(DbConnection writer) => writer.ExecuteKept("BEGIN IMMEDIATE");

    public bool Abandon(DbConnection writer)
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(((SqliteConnection)writer).Handle) == 0) writer.Execute("ROLLBACK");
        return true;
    }

    public ValueTask<DbConnection> TakeReaderAsync(CancellationToken cancellationToken) => ValueTask.FromResult(TakeReader());

    public DbConnection TakeReader() => _readers.TryTake(out var connection) ? connection : Connect();

    public DbTransaction View(DbConnection reader) => ((SqliteConnection)reader).BeginTransaction(deferred: true);

    public void GiveBack(DbConnection reader) => _readers.Add(reader);

    public bool IsOutage(DbException exception) => exception is SqliteException
    {
        SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_NOMEM or SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_CANTOPEN,
    };

    public async ValueTask DisposeAsync()
    {
        while (_readers.TryTake(out var reader)) await reader.DisposeAsync();
    }

    private SqliteConnection Connect()
    {
        var connection = new StatementConnection(_connectionString);
        connection.Open();
        connection.Execute($"PRAGMA busy_timeout={BusyMilliseconds}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
        return connection;
    }

    private void Upgrade(SqliteConnection connection, IReadOnlyList<string> schema)
    {
        using var ask = connection.Command("PRAGMA user_version");
        var version = Convert.ToInt32(ask.ExecuteScalar());
        if (version > schema.Count) throw new UnavailableException(Name, $"its schema is version {version}, and this service knows {schema.Count}");
        for (; version < schema.Count; version++) connection.Execute($"BEGIN IMMEDIATE; {schema[version]}; PRAGMA user_version={version + 1}; COMMIT;");
    }
}
