using System.Data.Common;

namespace Cove.Hosting.Storage;

/// <summary>Statements with their values.</summary>
public static class DatabaseCommands
{
    /// <summary>A statement. Values are parameters (<c>@name</c> is understood by every engine), never part of the text.</summary>
    public static DbCommand Command(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Statements are constants of the service that asks.
        command.CommandText = sql;
#pragma warning restore CA2100
        Bind(command, parameters);
        return command;
    }

    /// <summary>Runs a statement at once.</summary>
    /// <returns>How many rows it changed.</returns>
    public static int Execute(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Runs a statement that is run often; see <see cref="Ask"/>.</summary>
    /// <returns>How many rows it changed.</returns>
    public static int ExecuteKept(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (connection is not StatementConnection keeper) return connection.Execute(sql, parameters);
        var command = keeper.Keep(sql);
        Bind(command, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Asks something that is asked often. SQLite keeps the translated statement with the connection; PostgreSQL has its own ways.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="sql">One of a few constant texts.</param>
    /// <param name="read">Reads the answer to its end; nothing of the reader outlives it.</param>
    /// <param name="parameters">The values.</param>
    public static T Ask<T>(this DbConnection connection, string sql, Func<DbDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (connection is not StatementConnection keeper)
        {
            using var command = connection.Command(sql, parameters);
            using var once = command.ExecuteReader();
            return read(once);
        }

        var kept = keeper.Keep(sql);
        Bind(kept, parameters);
        using var row = kept.ExecuteReader();
        return read(row);
    }

    private static void Bind(DbCommand command, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
    }
}
