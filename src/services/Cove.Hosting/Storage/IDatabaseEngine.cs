using System.Data.Common;

namespace Cove.Hosting.Storage;

/// <summary>What differs between the databases that hold a service's state.</summary>
internal interface IDatabaseEngine : IAsyncDisposable
{
    /// <summary>What messages call it; never a password in it.</summary>
    string Name { get; }

    /// <summary>A connection for <see cref="BeginWriting"/>; kept as long as it works.</summary>
    DbConnection OpenWriter();

    /// <summary>Begins a transaction that no other writer of this database, in whatever process, runs beside.</summary>
    void BeginWriting(DbConnection writer);

    /// <summary>Ends a transaction that failed. False where the connection is of no more use.</summary>
    bool Abandon(DbConnection writer);

    /// <summary>A connection for reading.</summary>
    ValueTask<DbConnection> TakeReaderAsync(CancellationToken cancellationToken);

    /// <summary>A connection for reading, waiting for it.</summary>
    DbConnection TakeReader();

    /// <summary>One consistent view of all rows until it is disposed.</summary>
    DbTransaction View(DbConnection reader);

    /// <summary>Takes a reader back.</summary>
    void GiveBack(DbConnection reader);

    /// <summary>Whether the database failed, and not the statement: its disk is full, its server is gone.</summary>
    bool IsOutage(DbException exception);
}
