using System.Data.Common;
using System.Threading.Channels;
using Cove.Outcomes;

namespace Cove.Hosting.Storage;

/// <summary>
/// A service's state: one writer at a time and many readers. A write is on disk before its task completes; writes that wait together
/// share one transaction and so one flush, each in a savepoint of its own so that one that fails undoes only itself.
/// In a SQLite file for a service that is one process, in PostgreSQL where several instances share it: then no other instance writes
/// between what a write reads and what it changes.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    private const int MaximumBatch = 128;
    private const int MaximumWaiting = 4096;
    private readonly IDatabaseEngine _engine;
    private readonly Channel<PendingWrite> _writes = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(MaximumWaiting) { SingleReader = true });
    private readonly Task _writer;

    private Database(IDatabaseEngine engine)
    {
        _engine = engine;
        _writer = Task.Factory.StartNew(RunWriterAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Opens or makes a SQLite file and brings its schema up to date.</summary>
    /// <param name="file">The path; its folder must be there. Made readable by its owner only.</param>
    /// <param name="schema">SQL that leads from version i to i + 1. Only ever appended to.</param>
    /// <exception cref="UnavailableException">The file cannot be opened, or a newer version of the service wrote it.</exception>
    public static Database Open(string file, IReadOnlyList<string> schema) => new(SqliteEngine.Open(file, schema));

    /// <summary>Opens a PostgreSQL database and brings its schema up to date; instances that start together take turns.</summary>
    /// <param name="connectionString">In Npgsql's form.</param>
    /// <param name="schema">SQL that leads from version i to i + 1. Only ever appended to.</param>
    /// <exception cref="UnavailableException">It cannot be reached, or a newer version of the service wrote it.</exception>
    public static Database OpenPostgres(string connectionString, IReadOnlyList<string> schema) => new(PostgresEngine.Open(connectionString, schema));

    /// <summary>Reads in one consistent view.</summary>
    /// <exception cref="UnavailableException">The database failed.</exception>
    public T Read<T>(Func<DbConnection, T> read)
    {
        try
        {
            var connection = _engine.TakeReader();
            try
            {
                using var view = _engine.View(connection);
                return read(connection);
            }
            finally
            {
                _engine.GiveBack(connection);
            }
        }
        catch (DbException e) when (_engine.IsOutage(e))
        {
            throw Unavailable(e);
        }
    }

    /// <summary>Reads in one consistent view, without a thread that waits.</summary>
    /// <exception cref="UnavailableException">The database failed.</exception>
    public async Task<T> ReadAsync<T>(Func<DbConnection, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _engine.TakeReaderAsync(cancellationToken);
            try
            {
                await using var view = _engine.View(connection);
                return await read(connection, cancellationToken);
            }
            finally
            {
                _engine.GiveBack(connection);
            }
        }
        catch (DbException e) when (_engine.IsOutage(e))
        {
            throw Unavailable(e);
        }
    }

    /// <summary>Writes. When the task completes the change is on disk; when the write itself fails nothing of it is.</summary>
    /// <param name="write">Runs on the writer, inside a transaction that no other writer runs beside.</param>
    /// <param name="cancellationToken">Gives up waiting for a place in the queue; a write that has one is carried out.</param>
    /// <exception cref="UnavailableException">The database failed. Where its answer to the commit was lost, the change may be there.</exception>
    public async Task<T> WriteAsync<T>(Func<DbConnection, T> write, CancellationToken cancellationToken)
    {
        var pending = new PendingWrite<T>(write);
        await _writes.Writer.WriteAsync(pending, cancellationToken);
        return await pending.Task;
    }

    /// <summary>Finishes the writes that wait and closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        _writes.Writer.TryComplete();
        await _writer;
        await _engine.DisposeAsync();
    }

    private async Task RunWriterAsync()
    {
        DbConnection? connection = null;
        var batch = new List<PendingWrite>();
        while (await _writes.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaximumBatch && _writes.Reader.TryRead(out var write)) batch.Add(write);
            connection = RunBatch(connection, batch);
        }

        if (connection is not null) await connection.DisposeAsync();
    }

    // Gives the connection back where the next batch can use it.
    private DbConnection? RunBatch(DbConnection? connection, List<PendingWrite> batch)
    {
        try
        {
            connection ??= _engine.OpenWriter();
            _engine.BeginWriting(connection);
            foreach (var write in batch) write.Run(connection, _engine);
            connection.ExecuteKept("COMMIT");
        }
        catch (Exception e)
        {
            var failure = e is DbException failed ? Unavailable(failed) : e;
            foreach (var write in batch) write.Fail(failure);
            if (connection is null || _engine.Abandon(connection)) return connection;
            connection.Dispose();
            return null;
        }

        foreach (var write in batch) write.Complete();
        return connection;
    }

    private UnavailableException Unavailable(DbException e) => new(_engine.Name, e.Message, e);
}
