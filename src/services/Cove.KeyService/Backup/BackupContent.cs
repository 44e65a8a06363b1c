using System.Data.Common;
using Cove.Hosting.Storage;
using Cove.KeyService.Api;

namespace Cove.KeyService.Backup;

/// <summary>Puts the rows of a backup into the database, inside the writer's transaction: all of it or nothing.</summary>
internal static class BackupContent
{
    /// <summary>Replaces everything that a full backup holds.</summary>
    public static void ReplaceAll(DbConnection connection, IReadOnlyList<BackupRow> rows)
    {
        foreach (var table in BackupTable.All.Reverse()) connection.Execute($"DELETE FROM {table.Name}");
        foreach (var row in rows) Insert(connection, row);
    }

    /// <summary>Adds one key, with all its versions, its state and its rotation policy.</summary>
    /// <exception cref="Hosting.Errors.ServiceException">409: there is a key of that name, deleted or not.</exception>
    public static void AddKey(DbConnection connection, string key, IReadOnlyList<BackupRow> rows)
    {
        using (var ask = connection.Command("SELECT 1 FROM key WHERE name = @name", ("@name", key)))
            if (ask.ExecuteScalar() is not null) throw KeyErrors.Exists(key);
        foreach (var row in rows) Insert(connection, row);
    }

    /// <summary>The rows of one key; case does not distinguish keys.</summary>
    public static IReadOnlyList<BackupRow> OfKey(IEnumerable<BackupRow> rows, string key)
        => [.. rows.Where(r => BackupTable.OfKeys.Contains(r.Table.Name, StringComparer.Ordinal) && string.Equals((string?)r.Values[0], key, StringComparison.OrdinalIgnoreCase))];

    private static void Insert(DbConnection connection, BackupRow row)
        => connection.ExecuteKept(row.Table.Insert, [.. row.Table.Columns.Select((column, i) => ($"@{column.Name}", row.Values[i]))]);
}
