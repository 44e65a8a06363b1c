using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Cove.Hosting.Storage;

/// <summary>A connection that keeps the statements that are run often: SQLite would translate the text anew each time, which costs more than most of them
/// take to run.</summary>
internal sealed class StatementConnection(string connectionString) : SqliteConnection(connectionString)
{
    private readonly Dictionary<string, SqliteCommand> _kept = new(StringComparer.Ordinal);

    /// <summary>The statement of this text, with no values. It stays this connection's: nobody disposes it, and no two readers of one are open at a time.</summary>
    public DbCommand Keep(string sql)
    {
        if (_kept.TryGetValue(sql, out var command))
        {
            command.Parameters.Clear();
            command.Transaction = Transaction;
            return command;
        }

        command = CreateCommand();
#pragma warning disable CA2100 // Statements are constants of the service that asks.
        command.CommandText = sql;
#pragma warning restore CA2100
        _kept.Add(sql, command);
        return command;
    }
}
