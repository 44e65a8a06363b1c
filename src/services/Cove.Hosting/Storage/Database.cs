using System.Collections.Concurrent;
using System.Threading.Channels;
using Cove.Outcomes;
using Microsoft.Data.Sqlite;

namespace Cove.Hosting.Storage;

/// <summary>
/// A SQLite file with one writer and many readers. A write is on disk before its task completes (WAL, <c>synchronous=FULL</c>);
/// writes that wait together share one transaction and so one flush, each in a savepoint of its own so that one that fails undoes only itself.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    private const int BusyMilliseconds = 5000;
    private const int MaximumBatch = 128;
    private readonly string _connectionString;
    private readonly ConcurrentBag<SqliteConnection> _readers = [];
    private readonly Channel<IWrite> _writes = Channel.CreateBounded<IWrite>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly Task _writer;

    private Database(string connectionString, SqliteConnection writer)
    {
        _connectionString = connectionString;
        _writer = Task.Factory.StartNew(() => RunWriterAsync(writer), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap();
    }

    private interface IWrite
    {
        void Run(SqliteConnection connection);

        void Complete();

        void Fail(Exception exception);
    }

    /// <summary>Opens or makes the file and brings its schema up to date.</summary>
    /// <param name="file">The path; its folder must be there. Made readable by its owner only.</param>
    /// <param name="schema">SQL that leads from version i to i + 1. Only ever appended to.</param>
    /// <exception cref="UnavailableException">The file cannot be opened, or a newer version of the service wrote it.</exception>
    public static Database Open(string file, IReadOnlyList<string> schema)
    {
        var connectionString = new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false,
            DefaultTimeout = BusyMilliseconds / 1000 }.ToString();
        SqliteConnection? writer = null;
        try
        {
            if (!OperatingSystem.IsWindows())
                using (File.Open(file,
                    new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite })) { }
            writer = Connect(connectionString);
            Upgrade(writer, file, schema);
            return new(connectionString, writer);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            writer?.Dispose();
            throw new UnavailableException($"the database {file}", e.Message, e);
        }
    }

    /// <summary>Reads in one consistent view.</summary>
    public T Read<T>(Func<SqliteConnection, T> read)
    {
        if (!_readers.TryTake(out var connection)) connection = Connect(_connectionString);
        try
        {
            using var view = connection.BeginTransaction(deferred: true);
            return read(connection);
        }
        finally
        {
            _readers.Add(connection);
        }
    }

    /// <summary>Writes. When the task completes the change is on disk; when it fails nothing of it is.</summary>
    /// <param name="write">Runs on the writer, inside a transaction.</param>
    /// <param name="cancellationToken">Gives up waiting for a place in the queue; a write that has one is carried out.</param>
    public async Task<T> WriteAsync<T>(Func<SqliteConnection, T> write, CancellationToken cancellationToken)
    {
        var pending = new PendingWrite<T>(write);
        await _writes.Writer.WriteAsync(pending, cancellationToken);
        return await pending.Task;
    }

    /// <summary>Finishes the writes that wait and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _writer;
        while (_readers.TryTake(out var reader)) await reader.DisposeAsync();
    }

    private static SqliteConnection Connect(string connectionString)
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        Execute(connection, $"PRAGMA busy_timeout={BusyMilliseconds}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;");
        return connection;
    }

    private static void Upgrade(SqliteConnection connection, string file, IReadOnlyList<string> schema)
    {
        using var ask = connection.CreateCommand();
        ask.CommandText = "PRAGMA user_version";
        var version = Convert.ToInt32(ask.ExecuteScalar());
        if (version > schema.Count)
            throw new UnavailableException($"the database {file}", $"its schema is version {version}, and this service knows {schema.Count}");
        for (; version < schema.Count; version++)
            Execute(connection, $"BEGIN IMMEDIATE; {schema[version]}; PRAGMA user_version={version + 1}; COMMIT;");
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only constants and our own schema come here.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private async Task RunWriterAsync(SqliteConnection connection)
    {
        await using (connection)
        {
            var batch = new List<IWrite>();
            while (await _writes.Reader.WaitToReadAsync())
            {
                batch.Clear();
                while (batch.Count < MaximumBatch && _writes.Reader.TryRead(out var write)) batch.Add(write);
                RunBatch(connection, batch);
            }
        }
    }

    private static void RunBatch(SqliteConnection connection, List<IWrite> batch)
    {
        try
        {
            Execute(connection, "BEGIN IMMEDIATE");
            foreach (var write in batch) write.Run(connection);
            Execute(connection, "COMMIT");
        }
        catch (SqliteException e)
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0) Execute(connection, "ROLLBACK");
            foreach (var write in batch) write.Fail(new UnavailableException("the database", e.Message, e));
            return;
        }

        foreach (var write in batch) write.Complete();
    }

    private sealed class PendingWrite<T>(Func<SqliteConnection, T> write) : IWrite
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;
        private Exception? _failure;

        public Task<T> Task => _done.Task;

        public void Run(SqliteConnection connection)
        {
            Execute(connection, "SAVEPOINT one");
            try
            {
                _result = write(connection);
                Execute(connection, "RELEASE one");
            }
            catch (Exception e) when (e is not SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_NOMEM or SQLitePCL.raw.SQLITE_CORRUPT })
            {
                // This write's own mistake (a conflict, a rule it checks): undo it and let the others commit.
                Execute(connection, "ROLLBACK TO one; RELEASE one");
                _failure = e;
            }
        }

        public void Complete()
        {
            if (_failure is null) _done.SetResult(_result!);
            else _done.SetException(_failure);
        }

        public void Fail(Exception exception) => _done.TrySetException(exception);
    }
}
