using System.Data.Common;

namespace Cove.Hosting.Storage;

/// <summary>A write that waits for its turn.</summary>
internal abstract class PendingWrite
{
    public abstract void Run(DbConnection connection, IDatabaseEngine engine);

    public abstract void Complete();

    public abstract void Fail(Exception exception);
}

/// <summary>A write that waits for its turn, and its result.</summary>
internal sealed class PendingWrite<T>(Func<DbConnection, T> write) : PendingWrite
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;
    private Exception? _failure;

    public Task<T> Task => _done.Task;

    public override void Run(DbConnection connection, IDatabaseEngine engine)
    {
        connection.ExecuteKept("SAVEPOINT one");
        try
        {
            _result = write(connection);
            connection.ExecuteKept("RELEASE SAVEPOINT one");
        }
        catch (Exception e) when (e is not DbException failed || !engine.IsOutage(failed))
        {
            // This write's own mistake (a conflict, a rule it checks): undo it and let the others commit.
            connection.Execute("ROLLBACK TO SAVEPOINT one");
            connection.Execute("RELEASE SAVEPOINT one");
            _failure = e;
        }
    }

    public override void Complete()
    {
        if (_failure is null) _done.SetResult(_result!);
        else _done.SetException(_failure);
    }

    public override void Fail(Exception exception) => _done.TrySetException(exception);
}
